// What the types say of rows and requests. It is compiled, not run.
import { createClient, etagOf, ApiError, type Int64, type Decimal, type Time, type BooksEditorRow, type BooksEditorCreate, type BooksEditorSelect } from "./editor.js";
import * as author from "./author.js";
import * as nobody from "./nobody.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Equal<A, B>): void => {};

const client = createClient({ baseUrl: "http://localhost", headers: async () => ({ Authorization: "Bearer x" }) });

export async function rows(): Promise<void> {
  const all = await client.books.list({ where: { title: { startsWith: "a", mode: "insensitive" }, OR: [{ pages: 3 }, { NOT: { kind: "poem" } }] }, orderBy: [{ title: "asc" }, { pages: { sort: "desc", nulls: "last" } }], take: 5 });
  same<typeof all.total, number | undefined>(true);
  const row = all.rows[0]!;
  same<typeof row.id, string>(true);
  same<typeof row.readers, Int64>(true);
  same<typeof row.copies, string>(true);
  same<typeof row.price, Decimal | null>(true);
  same<typeof row.kind, "novel" | "essay" | "poem">(true);
  same<typeof row.born, Time>(true);
  same<typeof row.tags, { id: Int64; name: string }[]>(true);
  same<NonNullable<typeof row.binding>["colors"], string[] | null>(true);
  same<NonNullable<NonNullable<typeof row.binding>["sizes"]>[string], number>(true);
  // @ts-expect-error a relation that was not asked for
  void row.author;

  const few = await client.books.list({ select: { title: true, author: { select: { name: true } }, reviews: { take: 2, where: { stars: { gte: 3 } } }, _count: { reviews: true } } });
  same<(typeof few.rows)[0], { title: string; author: { name: string } | null; reviews: { reader: string; stars: number; text: string }[]; _count: { reviews: number } }>(true);

  const beside = await client.books.first({ include: { author: true } });
  same<NonNullable<typeof beside>["author"], { id: Int64; name: string; class: string } | null>(true);
  same<NonNullable<typeof beside>["title"], string>(true);

  const wide: BooksEditorSelect = { title: true };
  const unknown = await client.books.list({ select: wide });
  same<(typeof unknown.rows)[0]["title"], string | undefined>(true);

  const one = await client.books.get("00000000-0000-4000-8000-000000000000", { select: { id: true } });
  same<typeof one, { id: string }>(true);
  const whole: BooksEditorRow = await client.books.get("x");
  void etagOf(whole);

  const guest = await client.books.list({ who: "guest", where: { title: { startsWith: "x" } } });
  same<(typeof guest.rows)[0], { id: string; title: string; kind: "novel" | "essay" | "poem" }>(true);

  const review = await client.reviews.get(["ada", "00000000-0000-4000-8000-000000000000"]);
  same<typeof review.stars, number>(true);
  const n = await client.books.count({ pages: 3 });
  same<typeof n, number>(true);
  const last = await client["last-book"].first();
  same<typeof last, { id: string; title: string; kind: "novel" | "essay" | "poem" } | null>(true);
  const custom = await client.delete.list();
  same<typeof custom, unknown>(true);
  for await (const page of client.books.pages({ take: 2, select: { id: true } })) same<(typeof page.rows)[0], { id: string }>(true);
}

export async function writes(): Promise<void> {
  const book: BooksEditorCreate = { title: "T", pages: 3, born: new Date(0), price: "1.50", readers: 9007199254740993n, marks: [1], tags: { create: { name: "x" }, link: [{ id: 1n }] }, author: { linkOrCreate: { where: { name: "A" }, create: { class: "a" } } } };
  const made = await client.books.create(book);
  same<typeof made.id, string>(true);
  const both = await client.books.create([book, book], { select: { id: true } });
  same<typeof both, { id: string }[]>(true);
  const changed = await client.books.update({ where: { pages: { in: [1, 2] } }, data: { title: "U" }, select: false });
  same<typeof changed.rows, never[]>(true);
  const mine = await client.books.updateOne("x", { pages: 4, tags: { set: [] } }, { ifMatch: '"1"', who: "editor" });
  same<typeof mine.pages, number>(true);
  await client.books.delete({ where: { id: "x" } });
  await client.authors.delete({});
  const gone = await client.books.deleteOne("x", { select: { id: true } });
  same<typeof gone, { id: string }>(true);
  const imported = await client.places.import([{ name: "n", slug: "s" }]);
  same<(typeof imported)[0]["ok"], boolean>(true);
  try {
    await rows();
  } catch (e) {
    if (e instanceof ApiError && e.status === 422) for (const f of e.fields) void f.rule;
  }
}

export async function refused(): Promise<void> {
  // @ts-expect-error a column that the shape does not show
  await client.books.list({ select: { secret: true } });
  // @ts-expect-error a column of a relation that it does not show
  await client.books.list({ select: { author: { select: { email: true } } } });
  // @ts-expect-error what cannot be filtered by
  await client.books.list({ where: { cover: "x" } });
  // @ts-expect-error an operator that the column does not have
  await client.books.list({ where: { sold: { gt: true } } });
  // @ts-expect-error two columns in one object
  await client.books.list({ orderBy: { title: "asc", pages: "asc" } });
  // @ts-expect-error a word that a list does not know
  await client.books.list({ limit: 3 });
  // @ts-expect-error nobody may ask so
  await client.books.list({ who: "all" });
  // @ts-expect-error what guests cannot filter by
  await client.books.list({ who: "guest", where: { pages: 3 } });
  // @ts-expect-error a mass write without a condition
  await client.books.delete({});
  // @ts-expect-error a new row without its title
  await client.books.create({ pages: 3, born: "2024-01-01T00:00:00Z" });
  // @ts-expect-error what only the server gives
  await client.books.create({ title: "T", pages: 3, born: "2024-01-01T00:00:00Z", createdAt: "2024-01-01T00:00:00Z" });
  // @ts-expect-error a value of another type
  await client.books.updateOne("x", { pages: "3" });
  // @ts-expect-error a key of two parts
  await client.reviews.get("ada");
  // @ts-expect-error the first row alone
  await client["last-book"].list();
  // @ts-expect-error rows by key are not served
  void client.spots.get;
  // @ts-expect-error nobody writes books
  void nobody.createClient({ baseUrl: "" }).books.create;
  // @ts-expect-error and sees their pages
  await nobody.createClient({ baseUrl: "" }).books.list({ select: { pages: true } });
  // @ts-expect-error an author's books are the author's
  await author.createClient({ baseUrl: "" }).books.create({ title: "T", pages: 3, born: "2024-01-01T00:00:00Z", authorId: 7 });
}
