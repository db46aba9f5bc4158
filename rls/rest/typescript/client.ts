/** A whole number of 64 bits: a number where 53 bits are enough, else a bigint, so that no digit is lost. */
export type Int64 = number | bigint;

/** A decimal number: a number where it is one to the last digit, else its digits as text. */
export type Decimal = number | string;

/** A time, as RFC 3339 writes it; a request may give a Date. */
export type Time = string;
export type TimeInput = string | Date;

/** Any document. Whole numbers in it are read as Int64, others as numbers. */
export type Json = null | boolean | string | number | bigint | readonly Json[] | { readonly [name: string]: Json };

export type Direction = "asc" | "desc" | { sort: "asc" | "desc"; nulls?: "first" | "last" };

/** An order by one column. */
export type SortKey<K extends string> = { [P in K]: { [Q in P]: Direction } & { [Q in Exclude<K, P>]?: never } }[K];

/** The operators of conditions on a column of V; N is null where it may be NULL. */
export interface Operators<V, N> {
  equals?: V | N;
  not?: V | N;
  in?: readonly V[];
  notIn?: readonly V[];
  lt?: V;
  lte?: V;
  gt?: V;
  gte?: V;
  between?: readonly [V, V];
  contains?: string;
  startsWith?: string;
  endsWith?: string;
  like?: string;
  isNull?: boolean;
  has?: V;
  hasEvery?: readonly V[];
  hasSome?: readonly V[];
  isEmpty?: boolean;
  /** insensitive heeds no letter case. */
  mode?: "default" | "insensitive";
}

/** The conditions on a column: a value that it equals, or operators. */
export type Filter<V, O extends keyof Operators<unknown, unknown>, N = never> = ("equals" extends O ? V | N : never) | Pick<Operators<V, N>, O>;

/** A comparison of a part of a document, by names and positions. */
export interface PathFilter extends Omit<Operators<string | number | bigint, boolean>, "in" | "notIn" | "between" | "like" | "has" | "hasEvery" | "hasSome" | "isEmpty" | "mode"> {
  path: readonly (string | number)[];
}

export type OneOrMany<T> = T | readonly T[];

/** What a row is made of. */
export interface Shape {
  columns: object;
  relations: object;
  counts: object;
  custom?: true;
}

type Flat<T> = T extends object ? { [K in keyof T]: T[K] } : T;

/** A row without a choice: its columns, and the relations that come by themselves. */
export type Whole<H extends Shape> = Flat<
  H["columns"] & { [K in keyof H["relations"] as H["relations"][K] extends { always: true } ? K : never]: Related<H["relations"][K], true> }
>;

/** A row of which it is not known what was chosen. */
export type Any<H extends Shape> = Flat<
  Partial<H["columns"]> & { [K in keyof H["relations"]]?: Related<H["relations"][K], { select?: object }> } & { _count?: Partial<H["counts"]> }
>;

type Related<R, Q> = R extends { many: infer H extends Shape } ? Asked<H, Q>[] : R extends { one: infer H extends Shape } ? Asked<H, Q> | null : never;

type Asked<H extends Shape, Q> = Q extends undefined
  ? never
  : Q extends { select: infer S extends object }
    ? Picked<H, S>
    : Q extends { include: infer I extends object }
      ? Flat<H["columns"] & Beside<H, I>>
      : "select" extends keyof Q
        ? Any<H>
        : "include" extends keyof Q
          ? Any<H>
          : Whole<H>;

type Beside<H extends Shape, X> = {
  -readonly [K in keyof X as K extends keyof H["relations"] ? K : never]: K extends keyof H["relations"] ? Related<H["relations"][K], X[K]> : never;
} & {
  -readonly [K in keyof X as K extends "_count" ? K : never]: X[K] extends true ? H["counts"] : Flat<{ -readonly [N in keyof X[K] as N extends keyof H["counts"] ? N : never]: number }>;
};

type Picked<H extends Shape, X> = Flat<
  { -readonly [K in keyof X as K extends keyof H["columns"] ? K : never]: K extends keyof H["columns"] ? H["columns"][K] : never } & Beside<H, X>
>;

/** A row as select S or include I chose it; false chooses none. */
export type Row<H extends Shape, S, I> = H extends { custom: true }
  ? unknown
  : S extends false
    ? never
    : S extends object
      ? Picked<H, S>
      : I extends object
        ? Flat<H["columns"] & Beside<H, I>>
        : Whole<H>;

type OnlySelect<X, T> = { [K in keyof X]: K extends keyof T ? (X[K] extends object ? OnlyQuery<X[K], Extract<T[K], object>> : X[K]) : never };
type OnlyQuery<X, T> = { [K in keyof X]: K extends keyof T ? (K extends "select" | "include" ? OnlySelect<X[K], NonNullable<T[K]>> : X[K]) : never };

/** What a caller may ask. */
export interface Caller {
  shape: Shape;
  select: object;
  include: object;
}

export interface Call<W> {
  /** Who asks, where that is not the caller that counts by itself. */
  who?: W;
  signal?: Signal;
}

export interface Choice<C extends Caller, S, I> {
  /** The columns and relations to read, and no others. */
  select?: S & OnlySelect<S, C["select"]>;
  /** The relations to read beside every column. */
  include?: I & OnlySelect<I, C["include"]>;
}

type Chosen<C extends Caller, S, I, R> = C["shape"] extends { custom: true } ? unknown : R;

export interface Listed<R, X> {
  rows: R[];
  /** The rows of this answer. */
  count: number;
  /** The rows that the caller may see, and those that pass, where countTotal asks for them. */
  total?: number;
  matched?: number;
  /** Cursors of the pages around this one. */
  next?: string;
  prev?: string;
  extras?: X;
}

export interface Written<R> {
  rows: R[];
  rowsAffected: number;
  total?: number;
}

export interface Imported<R> {
  index: number;
  ok: boolean;
  row?: R;
  error?: string;
  code?: string;
  path?: string;
}

type Names<G> = keyof G & string;

/** Reads a list. */
export type List<G extends object, D extends Names<G>, X> = <
  W extends Names<G> = D,
  const S extends Of<G, W>["select"] | undefined = undefined,
  const I extends Of<G, W>["include"] | undefined = undefined,
>(
  query?: AskOf<G, W> & Call<W> & Choice<Of<G, W>, S, I>,
) => Promise<Chosen<Of<G, W>, S, I, Listed<Row<Of<G, W>["shape"], S, I>, X>>>;

/** Reads the first row that passes, null where there is none. */
export type First<G extends object, D extends Names<G>> = <
  W extends Names<G> = D,
  const S extends Of<G, W>["select"] | undefined = undefined,
  const I extends Of<G, W>["include"] | undefined = undefined,
>(
  query?: Omit<AskOf<G, W>, "take" | "cursor" | "countTotal"> & Call<W> & Choice<Of<G, W>, S, I>,
) => Promise<Row<Of<G, W>["shape"], S, I> | null>;

/** Reads page after page. */
export type Pages<G extends object, D extends Names<G>, X> = <
  W extends Names<G> = D,
  const S extends Of<G, W>["select"] | undefined = undefined,
  const I extends Of<G, W>["include"] | undefined = undefined,
>(
  query?: Omit<AskOf<G, W>, "skip"> & Call<W> & Choice<Of<G, W>, S, I>,
) => AsyncGenerator<Listed<Row<Of<G, W>["shape"], S, I>, X>, void, undefined>;

/** Tells how many rows pass. */
export type Count<G extends object, D extends Names<G>> = <W extends Names<G> = D>(
  where?: AskOf<G, W> extends { where?: infer Q } ? Q : undefined,
  call?: Call<W>,
) => Promise<number>;

/** Reads the row of a key. */
export type Get<G extends object, D extends Names<G>> = <
  W extends Names<G> = D,
  const S extends Of<G, W>["select"] | undefined = undefined,
  const I extends Of<G, W>["include"] | undefined = undefined,
>(
  key: KeyOf<G, W>,
  choice?: Call<W> & Choice<Of<G, W>, S, I>,
) => Promise<Row<Of<G, W>["shape"], S, I>>;

/** Inserts a row, or several, all or none, and gives them as they are stored. */
export interface Create<G extends object, D extends Names<G>> {
  <
    W extends Names<G> = D,
    const S extends Of<G, W>["select"] | undefined = undefined,
    const I extends Of<G, W>["include"] | undefined = undefined,
  >(
    data: DataOf<G, W, "create">,
    choice?: Call<W> & Choice<Of<G, W>, S, I>,
  ): Promise<Row<Of<G, W>["shape"], S, I>>;
  <
    W extends Names<G> = D,
    const S extends Of<G, W>["select"] | undefined = undefined,
    const I extends Of<G, W>["include"] | undefined = undefined,
  >(
    data: readonly DataOf<G, W, "create">[],
    choice?: Call<W> & Choice<Of<G, W>, S, I>,
  ): Promise<Chosen<Of<G, W>, S, I, Row<Of<G, W>["shape"], S, I>[]>>;
}

/** Changes the rows that pass. */
export type Update<G extends object, D extends Names<G>> = <
  W extends Names<G> = D,
  const S extends Of<G, W>["select"] | false | undefined = undefined,
  const I extends Of<G, W>["include"] | undefined = undefined,
>(
  query: AskOf<G, W> & { data: DataOf<G, W, "change"> } & Call<W> & Choice<Of<G, W>, S, I>,
) => Promise<Chosen<Of<G, W>, S, I, Written<Row<Of<G, W>["shape"], S, I>>>>;

/** Changes the row of a key. */
export type UpdateOne<G extends object, D extends Names<G>> = <
  W extends Names<G> = D,
  const S extends Of<G, W>["select"] | undefined = undefined,
  const I extends Of<G, W>["include"] | undefined = undefined,
>(
  key: KeyOf<G, W>,
  data: DataOf<G, W, "row">,
  choice?: Matching & Call<W> & Choice<Of<G, W>, S, I>,
) => Promise<Row<Of<G, W>["shape"], S, I>>;

/** Removes the rows that pass and gives them as they were. */
export type Delete<G extends object, D extends Names<G>> = <
  W extends Names<G> = D,
  const S extends Of<G, W>["select"] | false | undefined = undefined,
  const I extends Of<G, W>["include"] | undefined = undefined,
>(
  query: AskOf<G, W> & Call<W> & Choice<Of<G, W>, S, I>,
) => Promise<Chosen<Of<G, W>, S, I, Written<Row<Of<G, W>["shape"], S, I>>>>;

/** Removes the row of a key and gives it as it was. */
export type DeleteOne<G extends object, D extends Names<G>> = <
  W extends Names<G> = D,
  const S extends Of<G, W>["select"] | undefined = undefined,
  const I extends Of<G, W>["include"] | undefined = undefined,
>(
  key: KeyOf<G, W>,
  choice?: Matching & Call<W> & Choice<Of<G, W>, S, I>,
) => Promise<Row<Of<G, W>["shape"], S, I>>;

/** Inserts those of the rows that can be, and tells what became of each. */
export type Import<G extends object, D extends Names<G>> = <
  W extends Names<G> = D,
  const S extends Of<G, W>["select"] | undefined = undefined,
  const I extends Of<G, W>["include"] | undefined = undefined,
>(
  rows: readonly DataOf<G, W, "load">[],
  choice?: Call<W> & Choice<Of<G, W>, S, I>,
) => Promise<Chosen<Of<G, W>, S, I, Imported<Row<Of<G, W>["shape"], S, I>>[]>>;

type Of<G extends object, W extends keyof G> = G[W] extends Caller ? G[W] : never;
type AskOf<G extends object, W extends keyof G> = G[W] extends { ask: infer A extends object } ? A : never;
type KeyOf<G extends object, W extends keyof G> = G[W] extends { key: infer K } ? K : never;
type DataOf<G extends object, W extends keyof G, N extends string> = G[W] extends { [P in N]: infer A } ? A : never;

export interface Matching {
  /** The entity tag that the row must have, as etagOf tells it. */
  ifMatch?: string;
}

/** The part of an AbortSignal that a fetch looks at. */
export interface Signal {
  readonly aborted: boolean;
}

/** The part of a fetch that the client uses. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal?: Signal },
) => Promise<{ status: number; headers: { get(name: string): string | null }; text(): Promise<string> }>;

type MaybePromise<T> = T | Promise<T>;

export interface ClientOptions {
  /** Where the resources are, such as https://example.com/query. */
  baseUrl: string;
  /** In place of the global fetch. */
  fetch?: Fetch;
  /** Headers of every request, such as Authorization, or what gives them. */
  headers?: Record<string, string> | (() => MaybePromise<Record<string, string>>);
}

/** A value that breaks a rule. */
export interface FieldFault {
  path: string;
  rule: string;
}

/** An answer that is an error. */
export class ApiError extends Error {
  readonly status: number;
  /** One word for programs, such as SHAPE_INVALID; "" where the answer has none. */
  readonly code: string;
  readonly detail: string;
  /** The part of the request that is wrong, as in where.title.contains. */
  readonly path: string;
  readonly requestId: string;
  /** Each value that breaks a rule. */
  readonly fields: readonly FieldFault[];
  /** The answer as it came. */
  readonly body: string;

  constructor(status: number, body: string, problem: { readonly [name: string]: unknown }) {
    const word = (name: string): string => (typeof problem[name] === "string" ? problem[name] : "");
    const code = word("code");
    const path = word("path");
    const detail = word("detail") || "the request failed";
    super(`${status}${code && " " + code}${path && " " + path}: ${detail}`);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.path = path;
    this.requestId = word("requestId");
    this.fields = Array.isArray(problem["fields"]) ? (problem["fields"] as FieldFault[]) : [];
    this.body = body;
  }
}

const tags = new WeakMap<object, string>();

/** The entity tag of a row that came by itself, for ifMatch; undefined where its model has no version. */
export function etagOf(row: object): string | undefined {
  return tags.get(row);
}

/** How numbers are read: f as a number, d as a decimal, else whole ones as Int64. Items of a list are read as the list; * stands for every name. */
type Form = "f" | "d" | ReadonlyMap<string, Form>;

const members = (...of: [string, Form][]): Form => new Map(of);

/** Reads JSON without losing digits. */
function decode(text: string, form: Form | undefined): unknown {
  if (!/[0-9][0-9.]{15}/.test(text)) {
    return JSON.parse(text);
  }
  let at = 0;
  const wrong = (): never => {
    throw new SyntaxError(`the answer is no JSON (at ${at})`);
  };
  const space = (): void => {
    while (at < text.length && " \t\r\n".includes(text.charAt(at))) at++;
  };
  const string = (): string => {
    const from = at++;
    while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
    at++;
    return JSON.parse(text.slice(from, at)) as string;
  };
  const list = (end: string, item: () => void): void => {
    at++;
    space();
    for (let first = true; !first || text.charAt(at) !== end; first = false) {
      item();
      space();
      if (text.charAt(at) === end) break;
      if (text.charAt(at++) !== ",") wrong();
      space();
    }
    at++;
  };
  const value = (form: Form | undefined): unknown => {
    space();
    const c = text.charAt(at);
    if (c === '"') return string();
    if (c === "{") {
      const out: { [name: string]: unknown } = {};
      list("}", () => {
        if (text.charAt(at) !== '"') wrong();
        const name = string();
        space();
        if (text.charAt(at++) !== ":") wrong();
        const of = typeof form === "object" ? (form.get(name) ?? form.get("*")) : undefined;
        Object.defineProperty(out, name, { value: value(of), writable: true, enumerable: true, configurable: true });
      });
      return out;
    }
    if (c === "[") {
      const out: unknown[] = [];
      list("]", () => out.push(value(form)));
      return out;
    }
    const from = at;
    while (at < text.length && !",]} \t\r\n".includes(text.charAt(at))) at++;
    const word = text.slice(from, at);
    return /^-?[0-9]/.test(word) ? numeral(word, form) : (JSON.parse(word) as unknown);
  };
  const out = value(form);
  space();
  if (at < text.length) wrong();
  return out;
}

function numeral(word: string, form: Form | undefined): number | bigint | string {
  const n = JSON.parse(word) as number;
  if (form === "d" && digits(String(n)) !== digits(word)) return word;
  return typeof form !== "string" && /^-?[0-9]+$/.test(word) && !Number.isSafeInteger(n) ? BigInt(word) : n;
}

/** The digits of a number that count, and where its point is. */
function digits(word: string): string {
  const found = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(word);
  if (!found) return word;
  const whole = found[2] ?? "";
  const part = found[3] ?? "";
  const all = (whole + part).replace(/^0+/, "");
  const kept = all.replace(/0+$/, "");
  if (kept === "") return "0";
  return `${found[1]}${kept}e${Number(found[4] ?? 0) - part.length + all.length - kept.length}`;
}

/** Writes JSON: a bigint as its digits, a Date as RFC 3339. What has no form is an error, so that nothing becomes null by itself. */
function encode(value: unknown): string {
  switch (typeof value) {
    case "bigint":
      return value.toString();
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no form in JSON`);
      return JSON.stringify(value);
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "object":
      if (value === null) return "null";
      if (value instanceof Date) return JSON.stringify(value.toISOString());
      if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
      return `{${Object.entries(value)
        .filter(([, of]) => of !== undefined)
        .map(([name, of]) => `${JSON.stringify(name)}:${encode(of)}`)
        .join(",")}}`;
  }
  throw new TypeError(`a ${typeof value} has no form in JSON`);
}

type Words = { readonly [word: string]: unknown };

/** A resource, to the client. */
interface Resource {
  readonly name: string;
  readonly envelope: "default" | "nicot" | "bare" | "custom";
  /** Lists give one row by themselves. */
  readonly single: boolean;
  readonly methods: readonly string[];
  /** The flags of callers that have one. */
  readonly flags: readonly (readonly [who: string, flag: string])[];
  readonly form: Form;
}

interface Answer {
  rows: unknown;
  numbers: { [name: string]: unknown };
  tag: string | null;
}

function segment(key: unknown): string {
  const one = (v: unknown): string => encodeURIComponent(v instanceof Date ? v.toISOString() : String(v));
  return Array.isArray(key) ? key.map(one).join(",") : one(key);
}

function parameters(r: Resource, query: Words, words: readonly string[]): string[] {
  const ask: { [word: string]: unknown } = {};
  for (const word of words) {
    if (query[word] !== undefined) ask[word] = query[word];
  }
  const out: string[] = [];
  if (Object.keys(ask).length > 0) out.push("query=" + encodeURIComponent(encode(ask)));
  const who = query["who"];
  if (who !== undefined) {
    const found = r.flags.find(([name]) => name === who);
    if (!found) throw new TypeError(`${r.name} cannot be asked as ${String(who)}`);
    if (found[1]) out.push(encodeURIComponent(found[1]));
  }
  if (query["countTotal"] === true) out.push("countTotal");
  return out;
}

async function send(c: ClientOptions, r: Resource, method: string, path: string, query: readonly string[], call: Words, body?: unknown): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json", ...(typeof c.headers === "function" ? await c.headers() : c.headers) };
  const init: { method: string; headers: Record<string, string>; body?: string; signal?: Signal } = { method, headers };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = encode(body);
  }
  if (call["ifMatch"] !== undefined) headers["If-Match"] = String(call["ifMatch"]);
  if (call["signal"] !== undefined) init.signal = call["signal"] as Signal;
  const get = c.fetch ?? (globalThis as unknown as { fetch: Fetch }).fetch;
  const url = `${c.baseUrl.replace(/\/+$/, "")}/${encodeURIComponent(r.name)}${path}${query.length > 0 ? "?" + query.join("&") : ""}`;
  const answer = await get(url, init);
  const text = await answer.text();
  if (answer.status < 200 || answer.status > 299) throw problem(answer.status, text);
  let value: unknown;
  try {
    value = decode(text, forms(r, path === "/import"));
  } catch {
    throw new ApiError(answer.status, text, { code: "NO_JSON", detail: "the answer is no JSON" });
  }
  return { ...unwrapped(r, value, path === "/import"), tag: answer.headers.get("ETag") };
}

function forms(r: Resource, imported: boolean): Form {
  const row = imported ? members([r.name, r.form]) : r.form;
  switch (r.envelope) {
    case "default":
      return members([imported ? "results" : r.name, row]);
    case "nicot":
      return members(["data", row]);
  }
  return row;
}

function unwrapped(r: Resource, value: unknown, imported: boolean): { rows: unknown; numbers: { [name: string]: unknown } } {
  const whole = (typeof value === "object" && value !== null ? value : {}) as { [name: string]: unknown };
  switch (r.envelope) {
    case "default":
      return { rows: whole[imported ? "results" : r.name], numbers: whole };
    case "nicot": {
      const paged = (whole["pagination"] ?? {}) as { [name: string]: unknown };
      const data = Array.isArray(whole["data"]) ? {} : ((whole["data"] ?? {}) as { [name: string]: unknown });
      return { rows: whole["data"], numbers: { ...data, matched: whole["total"], next: paged["nextCursor"], prev: paged["previousCursor"] } };
    }
  }
  return { rows: value, numbers: Array.isArray(value) ? {} : whole };
}

function problem(status: number, text: string): ApiError {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) return new ApiError(status, text, parsed as { [name: string]: unknown });
  } catch {
    // it is none of the API's own answers, such as a proxy's
  }
  return new ApiError(status, text, {});
}

function listed(a: Answer): Listed<unknown, unknown> {
  const rows = Array.isArray(a.rows) ? (a.rows as unknown[]) : [];
  const out: { [name: string]: unknown } = { rows, count: rows.length };
  for (const name of ["count", "total", "matched", "next", "prev", "extras"]) {
    if (a.numbers[name] !== undefined) out[name] = a.numbers[name];
  }
  return out as unknown as Listed<unknown, unknown>;
}

function written(a: Answer): Written<unknown> {
  const rows = Array.isArray(a.rows) ? (a.rows as unknown[]) : [];
  const out: Written<unknown> = { rows, rowsAffected: rows.length };
  if (typeof a.numbers["rowsAffected"] === "number") out.rowsAffected = a.numbers["rowsAffected"];
  if (typeof a.numbers["total"] === "number") out.total = a.numbers["total"];
  return out;
}

function tagged(a: Answer, row: unknown): unknown {
  if (a.tag !== null && typeof row === "object" && row !== null) tags.set(row, a.tag);
  return row;
}

const page = ["where", "orderBy", "take", "skip", "cursor", "select", "include"];
const choice = ["select", "include"];
const picked = ["where", "select", "include"];

/** The methods of a resource, those that the caller has. */
function resource(c: ClientOptions, r: Resource): object {
  const custom = r.envelope === "custom";
  const list = async (query: Words = {}): Promise<unknown> => {
    const a = await send(c, r, "GET", "", parameters(r, query, page), query);
    return custom ? a.rows : listed(a);
  };
  const all: { [method: string]: unknown } = {
    list,
    first: async (query: Words = {}) => {
      const flags = parameters(r, query, ["where", "orderBy", "skip", "select", "include"]);
      if (!r.single) flags.push("findFirst");
      const a = await send(c, r, "GET", "", flags, query);
      return custom ? a.rows : tagged(a, a.rows ?? null);
    },
    pages: async function* (query: Words = {}) {
      for (let cursor: unknown = query["cursor"] ?? ""; ; ) {
        const a = (await list({ ...query, cursor })) as Listed<unknown, unknown>;
        yield a;
        if (!a.next) return;
        cursor = a.next;
      }
    },
    count: async (where?: unknown, call: Words = {}) => {
      const a = await send(c, r, "GET", "", parameters(r, { ...call, where, select: false }, picked), call);
      return a.numbers["count"];
    },
    get: async (key: unknown, query: Words = {}) => {
      const a = await send(c, r, "GET", "/" + segment(key), parameters(r, query, choice), query);
      return tagged(a, a.rows);
    },
    create: async (data: unknown, query: Words = {}) => {
      const a = await send(c, r, "POST", "", parameters(r, query, choice), query, data);
      return custom || Array.isArray(data) ? a.rows : tagged(a, (a.rows as unknown[])[0]);
    },
    update: async (query: Words) => {
      const a = await send(c, r, "PATCH", "", parameters(r, query, picked), query, query["data"]);
      return custom ? a.rows : written(a);
    },
    updateOne: async (key: unknown, data: unknown, query: Words = {}) => {
      const a = await send(c, r, "PATCH", "/" + segment(key), parameters(r, query, choice), query, data);
      return tagged(a, a.rows);
    },
    delete: async (query: Words) => {
      const a = await send(c, r, "DELETE", "", parameters(r, query, picked), query);
      return custom ? a.rows : written(a);
    },
    deleteOne: async (key: unknown, query: Words = {}) => (await send(c, r, "DELETE", "/" + segment(key), parameters(r, query, choice), query)).rows,
    import: async (rows: unknown, query: Words = {}) => {
      const a = await send(c, r, "POST", "/import", parameters(r, query, choice), query, rows);
      return custom ? a.rows : (a.rows as { [name: string]: unknown }[]).map(({ [r.name]: row, ...rest }) => (row === undefined ? rest : { ...rest, row }));
    },
  };
  const out: { [method: string]: unknown } = {};
  for (const method of r.methods) out[method] = all[method];
  return out;
}
