//! programs/protocol.js in Rust, around candle's BertModel in float32:
//! `rival-candle float32 cold|lat|thr workload.json [batch size]`, one line of JSON.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokenizers::Tokenizer;

const CANDLE: &str = "0.11.1"; // Cargo.toml
const RUNS_SECONDS: f64 = 0.5; // a length, lat
const LEAST_RUNS: usize = 8;
const BATCH_SIZES: [usize; 3] = [1, 8, 32];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Workload {
    model: String,
    cpu_time: bool,
    native_warmup_seconds: f64,
    cold: String,
    lat: Map<String, Value>,
    thr: Vec<String>,
}

type Vectors = Vec<Vec<f32>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, _, mode, file, rest @ ..] = arguments.as_slice() else { bail!("expected a variant, a mode and a workload") };
    let workload: Workload = serde_json::from_str(&fs::read_to_string(file)?)?;
    let batch_size = rest.first().map(|size| size.parse()).transpose()?;
    let model = Model::load(&workload.model)?;
    let (mut figures, vectors) = match mode.as_str() {
        "cold" => (json!({}), model.embed(&[workload.cold.as_str()])?),
        "lat" => lat(&model, &workload)?,
        "thr" => thr(&model, &workload, batch_size)?,
        _ => bail!("expected cold, lat or thr, got {mode}"),
    };
    figures["version"] = json!(CANDLE);
    figures["peakRssKb"] = json!(peak_rss_kb()?);
    figures["vectors"] = json!(encoded(&vectors));
    println!("{figures}");
    Ok(())
}

struct Model {
    tokenizer: Tokenizer,
    bert: BertModel,
}

impl Model {
    fn load(folder: &str) -> Result<Self> {
        let config: Config = serde_json::from_str(&fs::read_to_string(format!("{folder}/config.json"))?)?;
        let tokenizer = Tokenizer::from_file(format!("{folder}/tokenizer.json")).map_err(anyhow::Error::msg)?;
        let file = format!("{folder}/model.safetensors");
        // SAFETY: nobody changes the file while it is mapped.
        let weights = unsafe { VarBuilder::from_mmaped_safetensors(&[file], DType::F32, &Device::Cpu)? };
        Ok(Self { tokenizer, bert: BertModel::load(weights, &config)? })
    }

    /// Padded to the longest, the mean of the tokens that are none of the padding, unit length.
    fn embed(&self, texts: &[&str]) -> Result<Vectors> {
        let encodings = self.tokenizer.encode_batch(texts.to_vec(), true).map_err(anyhow::Error::msg)?;
        let tokens = encodings.iter().map(|e| e.len()).max().context("expected texts, got none")?;
        let padded = |values: &[u32]| [values, &vec![0; tokens - values.len()]].concat();
        let ids: Vec<Vec<u32>> = encodings.iter().map(|e| padded(e.get_ids())).collect();
        let mask: Vec<Vec<u32>> = encodings.iter().map(|e| padded(&vec![1; e.len()])).collect();
        let (ids, mask) = (Tensor::new(ids, &Device::Cpu)?, Tensor::new(mask, &Device::Cpu)?);

        let hidden = self.bert.forward(&ids, &ids.zeros_like()?, Some(&mask))?;
        let weights = mask.to_dtype(DType::F32)?.unsqueeze(2)?;
        let mean = hidden.broadcast_mul(&weights)?.sum(1)?.broadcast_div(&weights.sum(1)?)?;
        let norm = mean.sqr()?.sum_keepdim(1)?.sqrt()?;
        Ok(mean.broadcast_div(&norm)?.to_vec2()?)
    }
}

fn lat(model: &Model, workload: &Workload) -> Result<(Value, Vectors)> {
    let clock = Clock::new(workload.cpu_time);
    let lengths: Vec<(&String, Vec<&str>)> = workload.lat.iter().map(|(length, texts)| (length, strings(texts))).collect();
    let every: Vec<&str> = lengths.iter().flat_map(|(_, texts)| texts.clone()).collect();
    repeat(&clock, workload.native_warmup_seconds, |i| model.embed(&[every[i % every.len()]]).map(drop))?;

    let (mut ms, mut vectors) = (json!({}), vec![]);
    for (length, texts) in lengths {
        let mut times = vec![];
        repeat(&clock, RUNS_SECONDS, |i| {
            let start = clock.seconds();
            let made = model.embed(&[texts[i % texts.len()]])?;
            times.push(1000.0 * (clock.seconds() - start));
            if i < texts.len() {
                vectors.extend(made);
            }
            Ok(())
        })?;
        times.sort_by(f64::total_cmp);
        ms[length.as_str()] = json!(times[times.len() / 2]);
    }
    Ok((json!({ "ms": ms }), vectors))
}

fn thr(model: &Model, workload: &Workload, batch_size: Option<usize>) -> Result<(Value, Vectors)> {
    let clock = Clock::new(workload.cpu_time);
    let texts = &workload.thr;
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&i| texts[i].chars().count());
    let pass = |indices: &[usize], size: usize| -> Result<(f64, Vectors)> {
        let mut vectors = vec![vec![]; texts.len()];
        let start = clock.seconds();
        for batch in indices.chunks(size) {
            let made = model.embed(&batch.iter().map(|&i| texts[i].as_str()).collect::<Vec<_>>())?;
            for (&i, vector) in batch.iter().zip(made) {
                vectors[i] = vector;
            }
        }
        Ok((clock.seconds() - start, vectors))
    };

    let sample: Vec<usize> = order.iter().copied().step_by(4).collect();
    let mut best = (f64::INFINITY, batch_size.unwrap_or(BATCH_SIZES[0]));
    if batch_size.is_none() {
        for size in BATCH_SIZES {
            let (seconds, _) = pass(&sample, size)?;
            best = if seconds < best.0 { (seconds, size) } else { best };
        }
    }
    let (seconds, vectors) = pass(&order, best.1)?;
    Ok((json!({ "textsPerSecond": texts.len() as f64 / seconds, "batchSize": best.1 }), vectors))
}

/// Runs until the time is over, but a few times at least.
fn repeat(clock: &Clock, seconds: f64, mut run: impl FnMut(usize) -> Result<()>) -> Result<()> {
    let end = clock.seconds() + seconds;
    let mut i = 0;
    while i < LEAST_RUNS || clock.seconds() < end {
        run(i)?;
        i += 1;
    }
    Ok(())
}

/// The CPU time of all threads, or time as it passes.
struct Clock {
    cpu_time: bool,
    start: Instant,
}

impl Clock {
    fn new(cpu_time: bool) -> Self {
        Self { cpu_time, start: Instant::now() }
    }

    fn seconds(&self) -> f64 {
        if !self.cpu_time {
            return self.start.elapsed().as_secs_f64();
        }
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the clock is one that every POSIX system has, the place is ours.
        unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    }
}

fn strings(texts: &Value) -> Vec<&str> {
    texts.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn peak_rss_kb() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).context("no number")?.parse()?)
}

fn encoded(vectors: &Vectors) -> String {
    let bytes: Vec<u8> = vectors.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}
