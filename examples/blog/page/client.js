// Made from the rules of an API: do not change it by hand.
/** An answer that is an error. */
export class ApiError extends Error {
    status;
    /** One word for programs, such as SHAPE_INVALID; "" where the answer has none. */
    code;
    detail;
    /** The part of the request that is wrong, as in where.title.contains. */
    path;
    requestId;
    /** Each value that breaks a rule. */
    fields;
    /** The answer as it came. */
    body;
    constructor(status, body, problem) {
        const word = (name) => (typeof problem[name] === "string" ? problem[name] : "");
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
        this.fields = Array.isArray(problem["fields"]) ? problem["fields"] : [];
        this.body = body;
    }
}
const tags = new WeakMap();
/** The entity tag of a row that came by itself, for ifMatch; undefined where its model has no version. */
export function etagOf(row) {
    return tags.get(row);
}
const members = (...of) => new Map(of);
/** Reads JSON without losing digits. */
function decode(text, form) {
    if (!/[0-9][0-9.]{15}/.test(text)) {
        return JSON.parse(text);
    }
    let at = 0;
    const wrong = () => {
        throw new SyntaxError(`the answer is no JSON (at ${at})`);
    };
    const space = () => {
        while (at < text.length && " \t\r\n".includes(text.charAt(at)))
            at++;
    };
    const string = () => {
        const from = at++;
        while (at < text.length && text.charAt(at) !== '"')
            at += text.charAt(at) === "\\" ? 2 : 1;
        at++;
        return JSON.parse(text.slice(from, at));
    };
    const list = (end, item) => {
        at++;
        space();
        for (let first = true; !first || text.charAt(at) !== end; first = false) {
            item();
            space();
            if (text.charAt(at) === end)
                break;
            if (text.charAt(at++) !== ",")
                wrong();
            space();
        }
        at++;
    };
    const value = (form) => {
        space();
        const c = text.charAt(at);
        if (c === '"')
            return string();
        if (c === "{") {
            const out = {};
            list("}", () => {
                if (text.charAt(at) !== '"')
                    wrong();
                const name = string();
                space();
                if (text.charAt(at++) !== ":")
                    wrong();
                const of = typeof form === "object" ? (form.get(name) ?? form.get("*")) : undefined;
                Object.defineProperty(out, name, { value: value(of), writable: true, enumerable: true, configurable: true });
            });
            return out;
        }
        if (c === "[") {
            const out = [];
            list("]", () => out.push(value(form)));
            return out;
        }
        const from = at;
        while (at < text.length && !",]} \t\r\n".includes(text.charAt(at)))
            at++;
        const word = text.slice(from, at);
        return /^-?[0-9]/.test(word) ? numeral(word, form) : JSON.parse(word);
    };
    const out = value(form);
    space();
    if (at < text.length)
        wrong();
    return out;
}
function numeral(word, form) {
    const n = JSON.parse(word);
    if (form === "d" && digits(String(n)) !== digits(word))
        return word;
    return typeof form !== "string" && /^-?[0-9]+$/.test(word) && !Number.isSafeInteger(n) ? BigInt(word) : n;
}
/** The digits of a number that count, and where its point is. */
function digits(word) {
    const found = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(word);
    if (!found)
        return word;
    const whole = found[2] ?? "";
    const part = found[3] ?? "";
    const all = (whole + part).replace(/^0+/, "");
    const kept = all.replace(/0+$/, "");
    if (kept === "")
        return "0";
    return `${found[1]}${kept}e${Number(found[4] ?? 0) - part.length + all.length - kept.length}`;
}
/** Writes JSON: a bigint as its digits, a Date as RFC 3339. What has no form is an error, so that nothing becomes null by itself. */
function encode(value) {
    switch (typeof value) {
        case "bigint":
            return value.toString();
        case "number":
            if (!Number.isFinite(value))
                throw new TypeError(`${value} has no form in JSON`);
            return JSON.stringify(value);
        case "string":
        case "boolean":
            return JSON.stringify(value);
        case "object":
            if (value === null)
                return "null";
            if (value instanceof Date)
                return JSON.stringify(value.toISOString());
            if (Array.isArray(value))
                return `[${value.map(encode).join(",")}]`;
            return `{${Object.entries(value)
                .filter(([, of]) => of !== undefined)
                .map(([name, of]) => `${JSON.stringify(name)}:${encode(of)}`)
                .join(",")}}`;
    }
    throw new TypeError(`a ${typeof value} has no form in JSON`);
}
function segment(key) {
    const one = (v) => encodeURIComponent(v instanceof Date ? v.toISOString() : String(v));
    return Array.isArray(key) ? key.map(one).join(",") : one(key);
}
function parameters(r, query, words) {
    const ask = {};
    for (const word of words) {
        if (query[word] !== undefined)
            ask[word] = query[word];
    }
    const out = [];
    if (Object.keys(ask).length > 0)
        out.push("query=" + encodeURIComponent(encode(ask)));
    const who = query["who"];
    if (who !== undefined) {
        const found = r.flags.find(([name]) => name === who);
        if (!found)
            throw new TypeError(`${r.name} cannot be asked as ${String(who)}`);
        if (found[1])
            out.push(encodeURIComponent(found[1]));
    }
    if (query["countTotal"] === true)
        out.push("countTotal");
    return out;
}
async function send(c, r, method, path, query, call, body) {
    const headers = { Accept: "application/json", ...(typeof c.headers === "function" ? await c.headers() : c.headers) };
    const init = { method, headers };
    if (body !== undefined) {
        headers["Content-Type"] = "application/json";
        init.body = encode(body);
    }
    if (call["ifMatch"] !== undefined)
        headers["If-Match"] = String(call["ifMatch"]);
    if (call["signal"] !== undefined)
        init.signal = call["signal"];
    const get = c.fetch ?? globalThis.fetch;
    const url = `${c.baseUrl.replace(/\/+$/, "")}/${encodeURIComponent(r.name)}${path}${query.length > 0 ? "?" + query.join("&") : ""}`;
    const answer = await get(url, init);
    const text = await answer.text();
    if (answer.status < 200 || answer.status > 299)
        throw problem(answer.status, text);
    let value;
    try {
        value = decode(text, forms(r, path === "/import"));
    }
    catch {
        throw new ApiError(answer.status, text, { code: "NO_JSON", detail: "the answer is no JSON" });
    }
    return { ...unwrapped(r, value, path === "/import"), tag: answer.headers.get("ETag") };
}
function forms(r, imported) {
    const row = imported ? members([r.name, r.form]) : r.form;
    switch (r.envelope) {
        case "default":
            return members([imported ? "results" : r.name, row]);
        case "nicot":
            return members(["data", row]);
    }
    return row;
}
function unwrapped(r, value, imported) {
    const whole = (typeof value === "object" && value !== null ? value : {});
    switch (r.envelope) {
        case "default":
            return { rows: whole[imported ? "results" : r.name], numbers: whole };
        case "nicot": {
            const paged = (whole["pagination"] ?? {});
            const data = Array.isArray(whole["data"]) ? {} : (whole["data"] ?? {});
            return { rows: whole["data"], numbers: { ...data, matched: whole["total"], next: paged["nextCursor"], prev: paged["previousCursor"] } };
        }
    }
    return { rows: value, numbers: Array.isArray(value) ? {} : whole };
}
function problem(status, text) {
    try {
        const parsed = JSON.parse(text);
        if (typeof parsed === "object" && parsed !== null)
            return new ApiError(status, text, parsed);
    }
    catch {
        // it is none of the API's own answers, such as a proxy's
    }
    return new ApiError(status, text, {});
}
function listed(a) {
    const rows = Array.isArray(a.rows) ? a.rows : [];
    const out = { rows, count: rows.length };
    for (const name of ["count", "total", "matched", "next", "prev", "extras"]) {
        if (a.numbers[name] !== undefined)
            out[name] = a.numbers[name];
    }
    return out;
}
function written(a) {
    const rows = Array.isArray(a.rows) ? a.rows : [];
    const out = { rows, rowsAffected: rows.length };
    if (typeof a.numbers["rowsAffected"] === "number")
        out.rowsAffected = a.numbers["rowsAffected"];
    if (typeof a.numbers["total"] === "number")
        out.total = a.numbers["total"];
    return out;
}
function tagged(a, row) {
    if (a.tag !== null && typeof row === "object" && row !== null)
        tags.set(row, a.tag);
    return row;
}
const page = ["where", "orderBy", "take", "skip", "cursor", "select", "include"];
const choice = ["select", "include"];
const picked = ["where", "select", "include"];
/** The methods of a resource, those that the caller has. */
function resource(c, r) {
    const custom = r.envelope === "custom";
    const list = async (query = {}) => {
        const a = await send(c, r, "GET", "", parameters(r, query, page), query);
        return custom ? a.rows : listed(a);
    };
    const all = {
        list,
        first: async (query = {}) => {
            const flags = parameters(r, query, ["where", "orderBy", "skip", "select", "include"]);
            if (!r.single)
                flags.push("findFirst");
            const a = await send(c, r, "GET", "", flags, query);
            return custom ? a.rows : tagged(a, a.rows ?? null);
        },
        pages: async function* (query = {}) {
            for (let cursor = query["cursor"] ?? "";;) {
                const a = (await list({ ...query, cursor }));
                yield a;
                if (!a.next)
                    return;
                cursor = a.next;
            }
        },
        count: async (where, call = {}) => {
            const a = await send(c, r, "GET", "", parameters(r, { ...call, where, select: false }, picked), call);
            return a.numbers["count"];
        },
        get: async (key, query = {}) => {
            const a = await send(c, r, "GET", "/" + segment(key), parameters(r, query, choice), query);
            return tagged(a, a.rows);
        },
        create: async (data, query = {}) => {
            const a = await send(c, r, "POST", "", parameters(r, query, choice), query, data);
            return custom || Array.isArray(data) ? a.rows : tagged(a, a.rows[0]);
        },
        update: async (query) => {
            const a = await send(c, r, "PATCH", "", parameters(r, query, picked), query, query["data"]);
            return custom ? a.rows : written(a);
        },
        updateOne: async (key, data, query = {}) => {
            const a = await send(c, r, "PATCH", "/" + segment(key), parameters(r, query, choice), query, data);
            return tagged(a, a.rows);
        },
        delete: async (query) => {
            const a = await send(c, r, "DELETE", "", parameters(r, query, picked), query);
            return custom ? a.rows : written(a);
        },
        deleteOne: async (key, query = {}) => (await send(c, r, "DELETE", "/" + segment(key), parameters(r, query, choice), query)).rows,
        import: async (rows, query = {}) => {
            const a = await send(c, r, "POST", "/import", parameters(r, query, choice), query, rows);
            return custom ? a.rows : a.rows.map(({ [r.name]: row, ...rest }) => (row === undefined ? rest : { ...rest, row }));
        },
    };
    const out = {};
    for (const method of r.methods)
        out[method] = all[method];
    return out;
}
/** Makes a client of the API. */
export function createClient(options) {
    return {
        user: resource(options, {
            name: "user",
            envelope: "default",
            single: true,
            methods: ["first", "count", "get"],
            flags: [["mine", "mine"]],
            form: members(),
        }),
        posts: resource(options, {
            name: "posts",
            envelope: "default",
            single: false,
            methods: ["list", "first", "pages", "count", "get", "create", "update", "updateOne", "delete", "deleteOne"],
            flags: [["mine", "mine"], ["guest", "guest"]],
            form: members(),
        }),
        fruits: resource(options, {
            name: "fruits",
            envelope: "default",
            single: false,
            methods: ["list", "first", "pages", "count", "get", "create", "delete", "deleteOne"],
            flags: [["all", "all"]],
            form: members(["sweetness", "f"], ["sourness", "f"]),
        }),
        baskets: resource(options, {
            name: "baskets",
            envelope: "default",
            single: false,
            methods: ["list", "first", "pages", "count", "get", "create", "delete", "deleteOne"],
            flags: [["all", "all"]],
            form: members(["fruit", members(["sweetness", "f"], ["sourness", "f"])]),
        }),
    };
}
