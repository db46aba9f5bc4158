// Package client makes a service that serves resources by package rest a data source: its tables are the resources, and
// Repo[T] is the typed client.
//
//	blog, err := orm.Open(ctx, client.Source("blog", "https://blog.example.com/query", client.Token(ts)), orm.Models(Post{}, User{}))
//	posts, err := orm.Repo[Post](blog).Where(Posts.Title.StartsWith("Hello")).With(Posts.User).OrderBy(Posts.ID.Desc()).Take(5).All(ctx)
//
// Filters, those by related rows too, orders, pages, includes of the same service and counts go over whole, as RJSON in one GET.
// A write is one request. Names are those of package guard: the json tag, else the column; of relations the json name, else the
// field in snake_case; a resource is called as its table, unless Resource says otherwise. Models may be the service's own
// structs. Columns tagged hidden or json:"-" are not asked for.
//
// What the service's rule does not allow is ErrUnsupported, with the field that it is about, or ErrDenied where it is for
// others. Nothing is filtered here in place of the service, and nothing is dropped: requests ask for strict handling, and
// rows are held against the conditions that can be looked at. Lists are read to their end, by the cursors of the service where
// they are longer than it gives at a time. A list of related rows that does not come whole is read by itself, from
// the resource of the related rows. A list is asked for in one request where the service gives it at a time, the first one too;
// related rows inside others take more where a shape gives fewer than 100 of them, or where one row has more than 100 behind a link
// table: the source learns then what the service gives, and asks for no more from there on.
//
// The default order of a model (order= of the tag) goes over as a query's own order does, so the rule has to let rows be sorted
// by its columns: where it does not, give the client a model without the word, and the service's own order holds.
//
// Values that the library makes up (default=, update=) are left out of a write where the service takes none; a version is the
// service's to move on. SetInc and its like, Upsert, SkipDuplicates, nested writes, row locks, aggregates and
// transactions are ErrUnsupported. A write that was refused is Undone, one whose answer was lost is ErrCommitUnknown; it is
// never sent twice.
package client
