/**
 * A function of WebAssembly, written as statements: locals have names, loops and conditions are blocks. Its text is built
 * when a module is assembled, since a call needs the callee's index.
 */
import {
  type Code,
  type Expression,
  type F32,
  f32Code,
  type I32,
  i32,
  i32Code,
  type Statement,
  type V128,
  type ValueType,
} from "./instructions.ts";
import { unsigned } from "./leb128.ts";

/** A parameter's or local's type, by the namespace of its instructions: `{ out: i32, eps: f32 }`. */
interface TypeName<T extends ValueType = ValueType> {
  readonly type: T;
}
type Signature = Readonly<Record<string, TypeName>>;

export interface Local<T extends ValueType> extends Expression<T> {
  readonly index: number;
}

type Parameters<S extends Signature> = { readonly [Name in keyof S]: Local<S[Name]["type"]> };
type Argument<T extends ValueType> = T extends "i32" ? I32 : T extends "f32" ? F32 : V128;
type Arguments<S extends Signature> = { readonly [Name in keyof S]: Argument<S[Name]["type"]> };

export interface Func<S extends Signature = Signature> {
  readonly name: string;
  readonly signature: S;
  readonly result: ValueType | undefined;
  /** The code of the body and the types of its locals. */
  build(indexOf: (callee: Func) => number): { code: readonly number[]; locals: readonly ValueType[] };
}

export function func<S extends Signature>(
  name: string,
  signature: S,
  body: (f: FunctionBuilder, p: Parameters<S>) => void,
): Func<S> {
  return define(name, signature, undefined, (f, p) => body(f, p));
}

/** A function that the module calls and does not export. */
export function helper<S extends Signature>(
  signature: S,
  body: (f: FunctionBuilder, p: Parameters<S>) => void,
): Func<S> {
  return func("", signature, body);
}

/** A function that gives the value of the expression that its body returns. */
export function funcOf<T extends ValueType, S extends Signature>(
  name: string,
  result: TypeName<T>,
  signature: S,
  body: (f: FunctionBuilder, p: Parameters<S>) => Expression<T>,
): Func<S> {
  return define(name, signature, result.type, (f, p) => f.do(body(f, p)));
}

function define<S extends Signature>(
  name: string,
  signature: S,
  result: ValueType | undefined,
  body: (f: FunctionBuilder, p: Parameters<S>) => void,
): Func<S> {
  return {
    name,
    signature,
    result,
    build(indexOf) {
      const entries = Object.entries(signature).map(([key, { type }], i) => [key, localOf(type, i)]);
      const f = new FunctionBuilder(entries.length, indexOf);
      body(f, Object.fromEntries(entries) as Parameters<S>);
      return { code: f.bytes(), locals: f.locals };
    },
  };
}

function localOf<T extends ValueType>(type: T, index: number): Local<T> {
  return { type, index, code: [0x20, ...unsigned(index)] };
}

const VOID = 0x40;

export class FunctionBuilder {
  readonly #code: (number | Code)[] = [];
  readonly locals: ValueType[] = [];
  readonly #parameters: number;
  readonly #indexOf: (callee: Func) => number;

  constructor(parameters: number, indexOf: (callee: Func) => number) {
    this.#parameters = parameters;
    this.#indexOf = indexOf;
  }

  bytes(): number[] {
    const bytes: number[] = [];
    const flatten = (code: Code): void => {
      for (const part of code) {
        if (typeof part === "number") bytes.push(part);
        else flatten(part);
      }
    };
    flatten(this.#code);
    return bytes;
  }

  /** A new local: zero, or the value given. */
  local<T extends ValueType>({ type }: TypeName<T>, value?: Argument<T>): Local<T> {
    const local = localOf(type, this.#parameters + this.locals.length);
    this.locals.push(type);
    if (value !== undefined) this.set(local, value);
    return local;
  }

  set<T extends ValueType>(local: Local<T>, value: Argument<T>): void {
    this.#code.push(codeOf(local.type, value), 0x21, ...unsigned(local.index));
  }

  /** local += value. */
  advance(local: Local<"i32">, value: I32): void {
    this.set(local, i32.add(local, value));
  }

  do(statement: Statement): void {
    this.#code.push(statement.code);
  }

  /** Computes a value for its effect alone. */
  drop(value: Expression<ValueType>): void {
    this.#code.push(value.code, 0x1a);
  }

  call<S extends Signature>(callee: Func<S>, args: Arguments<S>): void {
    for (const [name, { type }] of Object.entries(callee.signature)) this.#code.push(codeOf(type, args[name]!));
    this.#code.push(0x10, ...unsigned(this.#indexOf(callee)));
  }

  if(condition: I32, then: () => void): void {
    this.#code.push(i32Code(condition), 0x04, VOID);
    then();
    this.#code.push(0x0b);
  }

  /** Runs the body, then again as long as the condition holds. */
  repeat(body: () => void, condition: () => I32): void {
    this.#code.push(0x03, VOID);
    body();
    this.#code.push(i32Code(condition()), 0x0d, 0, 0x0b);
  }

  while(condition: I32, body: () => void): void {
    this.if(condition, () => this.repeat(body, () => condition));
  }

  /** Runs the body `count` times, not at all for 0. */
  times(count: I32, body: () => void): void {
    const left = this.local(i32, count);
    this.while(left, () => {
      body();
      this.advance(left, -1);
    });
  }
}

function codeOf(type: ValueType, value: I32 | F32 | V128): Code {
  if (typeof value !== "number") return value.code;
  return type === "i32" ? i32Code(value) : f32Code(value);
}
