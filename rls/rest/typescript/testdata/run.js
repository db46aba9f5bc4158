// What the client does, against the handler whose address is the first argument.
import assert from "node:assert/strict";
import { createClient, ApiError, etagOf } from "./out/editor.js";
import { createClient as createAuthor } from "./out/author.js";
import { createClient as createNobody } from "./out/nobody.js";

const baseUrl = process.argv[2];
let asked = 0;
const headers = (who) => () => {
  asked++;
  return Promise.resolve({ Authorization: `Bearer ${who}` });
};
const editor = createClient({ baseUrl, headers: headers("editor") });
const nobody = createNobody({ baseUrl: baseUrl + "/" });
const fails = async (work, status, code, path) => {
  await assert.rejects(work, (e) => {
    assert.ok(e instanceof ApiError, String(e));
    assert.deepEqual([e.status, e.code, e.path], [status, code, path], e.message);
    assert.ok(e.requestId.length > 0 && e.message.includes(String(status)));
    return true;
  });
};

// new rows, by themselves and together
const ada = await editor.authors.create({ name: "Ada", email: "ada@example.com" });
assert.equal(ada.name, "Ada");
const big = 9007199254740993n;
const book = await editor.books.create({
  title: "One",
  pages: 10,
  born: new Date(Date.UTC(2024, 0, 2)),
  price: "12345678.91",
  discount: "1.125",
  readers: big,
  copies: "-9007199254740993",
  weight: 1e20,
  ratio: 0.5,
  marks: [1, -2],
  cover: "AAEC",
  binding: { cover: "red", colors: ["a"], sizes: { w: 1e17 } },
  notes: { n: big, f: 0.1, deep: [null, true] },
  author: { link: { id: ada.id } },
  tags: { create: [{ name: "x" }, { name: "y" }] },
});
assert.equal(book.readers, big);
assert.equal(book.copies, "-9007199254740993");
assert.equal(book.weight, 1e20);
assert.equal(book.price, 12345678.91);
assert.equal(book.discount, "1.125");
assert.equal(book.born, "2024-01-02T00:00:00Z");
assert.equal(book.binding.sizes.w, 1e17);
assert.deepEqual(book.notes, { n: big, f: 0.1, deep: [null, true] });
assert.deepEqual(book.tags.map((t) => t.name).sort(), ["x", "y"]);
assert.ok(!("secret" in book) && !("author" in book));
const more = await editor.books.create(
  [2, 3, 4, 5].map((n) => ({ title: `No ${n}`, pages: n, born: `2024-01-0${n}T00:00:00.5Z`, authorId: ada.id, kind: n > 3 ? "poem" : "essay" })),
  { select: { id: true, title: true } },
);
assert.deepEqual(more.map((b) => Object.keys(b).join()), Array(4).fill("id,title"));

// lists
const list = await editor.books.list({ where: { OR: [{ kind: "poem" }, { title: { startsWith: "ONE", mode: "insensitive" } }] }, orderBy: { title: "desc" }, countTotal: true });
assert.deepEqual([list.rows.map((b) => b.title), list.count, list.total, list.matched], [["One", "No 5", "No 4"], 3, 5, 3]);
assert.deepEqual(Object.keys(list.extras).sort(), ["heaviest", "number"]);
const beside = await editor.books.list({ where: { readers: big }, include: { author: { select: { name: true } }, _count: { tags: true } } });
assert.deepEqual([beside.rows[0].author, beside.rows[0]._count, "tags" in beside.rows[0]], [{ name: "Ada" }, { tags: 2 }, false]);
assert.deepEqual((await editor.books.list({ where: { title: "50%&=#+/?é😀" } })).rows, []);
assert.equal(await editor.books.count(), 5);
assert.equal(await editor.books.count({ pages: { lte: 3 } }), 2);
const seen = [];
for await (const page of editor.books.pages({ take: 2, orderBy: { pages: "asc" }, select: { pages: true } })) seen.push(page.rows.map((b) => b.pages));
assert.deepEqual(seen, [[2, 3], [4, 5], [10]]);
assert.equal((await editor.books.first({ orderBy: { pages: "desc" }, select: { title: true } })).title, "One");
assert.equal(await editor.books.first({ where: { pages: 99 } }), null);
assert.equal((await nobody["last-book"].first({ orderBy: { title: "asc" } })).title, "No 2");
assert.deepEqual((await nobody.lastBook.list({ where: { readers: { gt: 5n } } })).rows.map((b) => [b.readers, b.weight]), [[big, 1e20]]);

// one row
const got = await editor.books.get(book.id, { select: { title: true, reviews: true } });
assert.deepEqual(got, { title: "One", reviews: [] });
const tag = etagOf(await editor.books.get(book.id));
assert.equal(tag, '"0"');
const changed = await editor.books.updateOne(book.id, { pages: 11, subtitle: null }, { ifMatch: tag });
assert.equal(changed.pages, 11);
await fails(editor.books.updateOne(book.id, { pages: 12 }, { ifMatch: tag }), 412, "STALE", "");
await editor.books.updateOne(book.id, { pages: 12 }, { ifMatch: etagOf(changed) });
await fails(editor.books.get("00000000-0000-4000-8000-000000000000"), 404, "NOT_FOUND", "");
const odd = 'a,b/c?"d é';
await editor.reviews.create({ reader: odd, bookId: book.id, stars: 4 });
const review = await editor.reviews.get([odd, book.id]);
assert.deepEqual([review.reader, review.stars], [odd, 4]);
assert.equal((await editor.reviews.updateOne([odd, book.id], { text: "fine" })).text, "fine");
assert.equal((await editor.reviews.list({ where: { text: { contains: "fin" } } })).count, 1);
assert.equal((await editor.reviews.deleteOne([odd, book.id])).text, "fine");

// many rows
const many = await editor.books.update({ where: { kind: "poem" }, data: { rank: 3 }, select: { rank: true } });
assert.deepEqual(many, { rows: [{ rank: 3 }, { rank: 3 }], rowsAffected: 2 });
assert.deepEqual(await editor.books.update({ where: { kind: "poem" }, data: { rank: null }, select: false }), { rows: [], rowsAffected: 2 });
assert.equal((await editor.books.delete({ where: { pages: { in: [4, 5] } }, select: { id: true } })).rowsAffected, 2);
await fails(editor.books.delete({ where: {} }), 400, "SHAPE_INVALID", "where");

// imports
const imported = await editor.places.import([{ name: "a", slug: "a" }, { name: "", slug: "b" }, { name: "c", slug: "a" }], { select: { slug: true } });
assert.deepEqual(imported.map((r) => [r.index, r.ok, r.row, r.code]), [[0, true, { slug: "a" }, undefined], [1, false, undefined, "VALIDATION_FAILED"], [2, false, undefined, "CONFLICT"]]);
assert.equal((await editor.spots.list({ where: { name: "a" } })).matched, 1);

// who asks
const ada1 = createAuthor({ baseUrl, headers: { Authorization: `Bearer ${ada.id}` } });
assert.deepEqual(Object.keys((await ada1.books.list()).rows[0]), ["id", "authorId", "title", "pages", "price", "born"]);
assert.deepEqual(Object.keys((await ada1.books.list({ who: "guest" })).rows[0]), ["id", "title", "kind"]);
assert.deepEqual(Object.keys((await nobody.books.list()).rows[0]), ["id", "title", "kind"]);
assert.equal((await editor.books.list({ who: "editor", take: 1 })).count, 1);
await assert.rejects(ada1.books.list({ who: "all" }), TypeError);
assert.deepEqual(Object.keys(nobody.books).sort(), ["count", "first", "get", "list", "pages"]);
assert.equal((await ada1.books.create({ title: "Mine", pages: 1, born: new Date() })).authorId, ada.id);

// errors
await fails(editor.books.list({ where: { nope: 1 } }), 400, "SHAPE_INVALID", "where.nope");
await fails(editor.books.list({ take: 1000 }), 413, "LIMIT", "take");
await assert.rejects(editor.books.create({ title: "x", pages: 0, born: new Date(), authorId: ada.id }), (e) => e.status === 422 && e.fields.length === 2 && e.fields[0].path === "data.pages");
await fails(createClient({ baseUrl, headers: headers("nobody at all") }).books.list(), 401, "UNAUTHENTICATED", "");
for (const bad of [NaN, Infinity, Symbol("x"), () => 1]) await assert.rejects(editor.books.list({ where: { pages: bad } }), TypeError);
const before = asked;
await editor.books.list({ where: undefined, take: 1 });
assert.equal(asked, before + 1);
const control = new AbortController();
control.abort();
await assert.rejects(editor.books.list({ signal: control.signal }), { name: "AbortError" });

// numbers that no number of JavaScript holds, whatever answers them
const answering = (text, status = 200) => createClient({ baseUrl: "http://x", fetch: () => Promise.resolve({ status, headers: { get: () => null }, text: () => Promise.resolve(text) }) });
const numbers = async (members) => (await answering(`{"count":1,"books":[${members}]}`).books.list()).rows[0];
for (const [text, want] of [
  ['{"readers":18446744073709551615}', { readers: 18446744073709551615n }],
  ['{"readers":9007199254740992,"weight":9007199254740992}', { readers: 9007199254740992n, weight: 9007199254740992 }],
  ['{"readers":-9007199254740993,"pages":7}', { readers: -9007199254740993n, pages: 7 }],
  ['{"weight":100000000000000000000,"ratio":1e-07,"pages":1000000000000000}', { weight: 1e20, ratio: 1e-7, pages: 1000000000000000 }],
  ['{"price":0.1000000000000000055511151231257827}', { price: "0.1000000000000000055511151231257827" }],
  ['{"price":12345678901234567890}', { price: "12345678901234567890" }],
  ['{"price":-0.000000000000000000010}', { price: -1e-20 }],
  ['{"price":1234567890.1234567}', { price: 1234567890.1234567 }],
  ['{"price":100000000000000000000.50}', { price: "100000000000000000000.50" }],
  ['{"binding":{"sizes":{"a":9007199254740993,"b":1}},"notes":9007199254740993}', { binding: { sizes: { a: 9007199254740992, b: 1 } }, notes: 9007199254740993n }],
  ['{"title":"9007199254740993 \\"}]{ \\u00e9\\\\","__proto__":{"x":9007199254740993}}', Object.defineProperty({ title: '9007199254740993 "}]{ é\\' }, "__proto__", { value: { x: 9007199254740993n }, enumerable: true, writable: true, configurable: true })],
  [' { "readers" : 9007199254740993 , "marks" : [ ] , "binding" : { } , "sold" : true , "rank" : null } ', { readers: big, marks: [], binding: {}, sold: true, rank: null }],
]) assert.deepEqual(await numbers(text), want, text);
for (const text of ["", "{", '{"count":12345678901234567', '{"a":1234567890123456789,}', "<html>", '{"a":[1234567890123456789 2]}', '{"a":1234567890123456789} x', '{"a" 1234567890123456789}'])
  await assert.rejects(answering(text).books.list(), (e) => e instanceof ApiError && e.code === "NO_JSON" && e.body === text, text);
await assert.rejects(answering("<html>gone</html>", 502).books.list(), (e) => e.status === 502 && e.code === "" && e.body === "<html>gone</html>");

// whatever JSON.parse reads without loss is read the same
let seed = 7;
const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
const value = (depth) => {
  switch (random(depth > 0 ? 8 : 6)) {
    case 0:
      return random(1000) - 500;
    case 1:
      return (random(2 ** 30) - 2 ** 29) / 2 ** random(40);
    case 2:
      return ['"}],{[:', "\\\u0000\n", "12345678901234567890", "é😀\u2028", ""][random(5)];
    case 3:
      return random(2) === 0;
    case 4:
      return null;
    case 5:
      return random(2 ** 31) * 2 ** 20;
    case 6:
      return Array.from({ length: random(4) }, () => value(depth - 1));
  }
  return Object.fromEntries(Array.from({ length: random(4) }, () => [["a", "b", "__proto__", 'x"y'][random(4)], value(depth - 1)]));
};
for (let i = 0; i < 3000; i++) {
  const v = { notes: value(4), title: "1234567890123456" };
  assert.deepEqual(await numbers(JSON.stringify(v, null, random(2) * 2)), JSON.parse(JSON.stringify(v)));
}
console.log("done");
