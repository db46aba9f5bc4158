
export interface BooksAuthorIncludedWhere {
  name?: Filter<string, "equals" | "not" | "in" | "notIn" | "lt" | "lte" | "gt" | "gte" | "between" | "contains" | "startsWith" | "endsWith" | "mode">;
}

export interface BooksAuthorSelect {
  id?: true;
  name?: true;
  class?: true;
}

export interface BooksAuthorQuery {
  where?: BooksAuthorIncludedWhere;
  select?: BooksAuthorSelect;
}

export interface BooksMineSelect {
  id?: true;
  authorId?: true;
  title?: true;
  pages?: true;
  price?: true;
  born?: true;
  author?: true | BooksAuthorQuery;
}

export interface BooksInclude {
  author?: true | BooksAuthorQuery;
}

export interface BooksAuthorShape {
  columns: { id: Int64; name: string; class: string };
  relations: {};
  counts: {};
}

export interface BooksMineShape {
  columns: { id: string; authorId: Int64; title: string; pages: number; price: Decimal | null; born: Time };
  relations: { author: { one: BooksAuthorShape } };
  counts: {};
}

export type BooksMineRow = Whole<BooksMineShape>;

export interface BooksMineWhere {
  pages?: Filter<number, "equals" | "not" | "in" | "notIn" | "lt" | "lte" | "gt" | "gte" | "between">;
  title?: Filter<string, "equals" | "not" | "in" | "notIn" | "lt" | "lte" | "gt" | "gte" | "between" | "contains" | "startsWith" | "endsWith" | "mode">;
  AND?: OneOrMany<BooksMineWhere>;
  NOT?: OneOrMany<BooksMineWhere>;
}

export interface BooksMineAsk {
  where?: BooksMineWhere;
  orderBy?: OneOrMany<SortKey<"pages" | "title">>;
  take?: number;
  cursor?: string;
  countTotal?: boolean;
}

export interface BooksGuestSelect {
  id?: true;
  title?: true;
  kind?: true;
}

export interface BooksGuestShape {
  columns: { id: string; title: string; kind: "novel" | "essay" | "poem" };
  relations: {};
  counts: {};
}

export type BooksGuestRow = Whole<BooksGuestShape>;

export interface BooksGuestWhere {
  kind?: Filter<"novel" | "essay" | "poem", "equals" | "in">;
  title?: Filter<string, "startsWith" | "mode">;
}

export interface BooksGuestAsk {
  where?: BooksGuestWhere;
  orderBy?: OneOrMany<SortKey<"title">>;
  take?: number;
  cursor?: string;
  countTotal?: boolean;
}

export interface BooksReaders {
  mine: { shape: BooksMineShape; select: BooksMineSelect; include: BooksInclude; ask: BooksMineAsk; key: string };
  guest: { shape: BooksGuestShape; select: BooksGuestSelect; include: never; ask: BooksGuestAsk; key: string };
}

export interface BooksCreate {
  born: TimeInput;
  pages: number;
  price?: Decimal | bigint | null;
  title: string;
}

export interface BooksMakers {
  mine: { shape: BooksMineShape; select: BooksMineSelect; include: BooksInclude; create: BooksCreate };
}

export interface BooksWriteAsk {
  where?: BooksMineWhere;
}

export interface BooksUpdate {
  pages?: number;
  title?: string;
}

export interface BooksChangers {
  mine: { shape: BooksMineShape; select: BooksMineSelect; include: BooksInclude; ask: BooksWriteAsk; change: BooksUpdate; row: BooksUpdate; key: string };
}

export interface BooksRemovers {
  mine: { shape: BooksMineShape; select: BooksMineSelect; include: BooksInclude; ask: BooksWriteAsk; key: string };
}

export interface BooksResource {
  list: List<BooksReaders, "mine", { heaviest: Int64 | string | boolean | null; number: Int64 | string | boolean | null }>;
  first: First<BooksReaders, "mine">;
  pages: Pages<BooksReaders, "mine", { heaviest: Int64 | string | boolean | null; number: Int64 | string | boolean | null }>;
  count: Count<BooksReaders, "mine">;
  get: Get<BooksReaders, "mine">;
  create: Create<BooksMakers, "mine">;
  update: Update<BooksChangers, "mine">;
  updateOne: UpdateOne<BooksChangers, "mine">;
  delete: Delete<BooksRemovers, "mine">;
  deleteOne: DeleteOne<BooksRemovers, "mine">;
}

export interface ReviewsSelect {
  reader?: true;
  bookId?: true;
  stars?: true;
  text?: true;
}

export interface ReviewsShape {
  columns: { reader: string; bookId: string; stars: number; text: string };
  relations: {};
  counts: {};
}

export type ReviewsRow = Whole<ReviewsShape>;

export interface ReviewsWhere {
  stars?: Filter<number, "equals" | "not" | "in" | "notIn" | "lt" | "lte" | "gt" | "gte" | "between">;
  text?: Filter<string, "contains" | "mode">;
  OR?: OneOrMany<ReviewsWhere>;
}

export interface ReviewsAsk {
  where?: ReviewsWhere;
  orderBy?: OneOrMany<SortKey<"reader" | "stars">>;
  take?: number;
  skip?: number;
  cursor?: string;
  countTotal?: boolean;
}

export interface ReviewsReaders {
  all: { shape: ReviewsShape; select: ReviewsSelect; include: never; ask: ReviewsAsk; key: readonly [string, string] };
}

export interface ReviewsCreate {
  bookId: string;
  reader: string;
  stars: number;
  text?: string;
}

export interface ReviewsMakers {
  all: { shape: ReviewsShape; select: ReviewsSelect; include: never; create: ReviewsCreate };
}

export interface ReviewsWriteAsk {
  where: ReviewsWhere;
}

export interface ReviewsUpdate {
  stars?: number;
  text?: string;
}

export interface ReviewsChangers {
  all: { shape: ReviewsShape; select: ReviewsSelect; include: never; ask: ReviewsWriteAsk; change: ReviewsUpdate; row: ReviewsUpdate; key: readonly [string, string] };
}

export interface ReviewsRemovers {
  all: { shape: ReviewsShape; select: ReviewsSelect; include: never; ask: ReviewsWriteAsk; key: readonly [string, string] };
}

export interface ReviewsResource {
  list: List<ReviewsReaders, "all", undefined>;
  first: First<ReviewsReaders, "all">;
  pages: Pages<ReviewsReaders, "all", undefined>;
  count: Count<ReviewsReaders, "all">;
  get: Get<ReviewsReaders, "all">;
  create: Create<ReviewsMakers, "all">;
  update: Update<ReviewsChangers, "all">;
  updateOne: UpdateOne<ReviewsChangers, "all">;
  delete: Delete<ReviewsRemovers, "all">;
  deleteOne: DeleteOne<ReviewsRemovers, "all">;
}

export interface LastBookSelect {
  id?: true;
  title?: true;
  kind?: true;
}

export interface LastBookShape {
  columns: { id: string; title: string; kind: "novel" | "essay" | "poem" };
  relations: {};
  counts: {};
}

export type LastBookRow = Whole<LastBookShape>;

export interface LastBookWhere {
  kind?: Filter<"novel" | "essay" | "poem", "equals" | "in">;
  title?: Filter<string, "startsWith" | "mode">;
}

export interface LastBookAsk {
  where?: LastBookWhere;
  orderBy?: OneOrMany<SortKey<"title">>;
}

export interface LastBookReaders {
  all: { shape: LastBookShape; select: LastBookSelect; include: never; ask: LastBookAsk; key: string };
}

export interface LastBookResource {
  first: First<LastBookReaders, "all">;
  count: Count<LastBookReaders, "all">;
  get: Get<LastBookReaders, "all">;
}

export interface Client {
  /** Books and what is said of them. */
  books: BooksResource;
  reviews: ReviewsResource;
  "last-book": LastBookResource;
}

/** Makes a client of the API. */
export function createClient(options: ClientOptions): Client {
  return {
    books: resource(options, {
      name: "books",
      envelope: "default",
      single: false,
      methods: ["list", "first", "pages", "count", "get", "create", "update", "updateOne", "delete", "deleteOne"],
      flags: [["mine", "mine"], ["guest", "guest"]],
      form: members(["price", "d"]),
    }) as BooksResource,
    reviews: resource(options, {
      name: "reviews",
      envelope: "nicot",
      single: false,
      methods: ["list", "first", "pages", "count", "get", "create", "update", "updateOne", "delete", "deleteOne"],
      flags: [["all", "all"]],
      form: members(),
    }) as ReviewsResource,
    "last-book": resource(options, {
      name: "last-book",
      envelope: "bare",
      single: true,
      methods: ["first", "count", "get"],
      flags: [["all", "all"]],
      form: members(),
    }) as LastBookResource,
  };
}
