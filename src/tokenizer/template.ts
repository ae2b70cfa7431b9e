/** What is put around the tokens of a text: TemplateProcessing and BertProcessing. Only the template of a single text is read. */
import {
  asFields,
  checkInteger,
  checkString,
  component,
  type Fields,
  field,
  list,
  object,
  place,
  string,
  wrong,
} from "../fields.ts";

/** Ids of special tokens, or "text" where the text's own tokens go. */
export type Template = readonly ("text" | readonly number[])[];

export function parseTemplate(fields: Fields): Template {
  return component(fields, { BertProcessing: parseBert, TemplateProcessing: parseSingle })(fields);
}

/** cls and sep are [token, id]. */
function parseBert(fields: Fields): Template {
  const id = (key: string): number => {
    const pair = list(fields, key);
    checkString(pair[0], `${place(fields, key)}[0]`);
    return checkInteger(pair[1], `${place(fields, key)}[1]`);
  };
  return [[id("cls")], "text", [id("sep")]];
}

function parseSingle(fields: Fields): Template {
  const specials = object(fields, "special_tokens");
  return list(fields, "single").map((piece, i) => {
    const where = `${place(fields, "single")}[${i}]`;
    const entry = asFields(piece, where);
    if (field(entry, "Sequence") !== undefined) {
      const sequence = object(entry, "Sequence");
      if (string(sequence, "id") === "A") return "text";
      throw wrong(place(sequence, "id"), '"A"', field(sequence, "id"));
    }
    const name = string(object(entry, "SpecialToken"), "id");
    return list(object(specials, name), "ids").map((id, k) => checkInteger(id, `${place(specials, name)}.ids[${k}]`));
  });
}
