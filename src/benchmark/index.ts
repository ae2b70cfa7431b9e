export type { Calibration } from "./calibration.ts";
export type { BenchmarkCase } from "./cases.ts";
export { type ChartLabels, formatChart } from "./chart.ts";
export { kernelCases } from "./kernel-cases.ts";
export { type Measurement, measure, type Timer } from "./measure.ts";
export { modelCases } from "./model-cases.ts";
export { formatTable } from "./report.ts";
export { calibrate, DTYPES, type Variant, variants } from "./variants.ts";
