// Package orm reads and writes several data sources as one: plain structs with tags, typed queries that
// compile to each source's own SQL, relations that are loaded and filtered by, and scopes that hold on
// every path. This page is a tour; every step is a runnable example below.
//
// # Models
//
// A model is a struct. Its tags are read once, and the whole graph of models is checked when a DB opens.
//
//	type User struct {
//		ID        int64     `orm:"id,auto,datasource=main"`          // the key; the source makes it
//		Email     string    `orm:"email,unique"`                     // first word: the column
//		Name      *string   `orm:"name"`                             // a pointer or sql.Null may be NULL
//		Role      string    `orm:"role,enum=admin|user"`
//		CreatedAt time.Time `orm:"created_at,default=now"`           // filled when zero
//		Version   int       `orm:"version,version"`                  // optimistic lock
//
//		Orders []Order `orm:"relation=id:user_id"`                   // to-many; local:remote columns
//		Post   *Post   `orm:"relation=post_id:id"`                   // to-one
//		Teams  []Team  `orm:"relation=id:id,through=memberships(user_id:team_id)"`
//		PostID *int64                                                // no tag: column post_id
//	}
//
// Anonymous structs and pointers to structs are embedded: their columns are the model's. A nil pointer is written as a zero
// struct, so defaults and rules hold as for one, and it is made by every Create and Upsert and where a Save fills a field
// of it. A row that is read has it where a column of it was selected, NULL or not. Two rows of one write may not share
// what they embed. The type of such a pointer is exported, does not embed itself, and holds neither relations nor a Loaded.
//
// The table is the plural of the type's name (users) unless table= or a TableName method says otherwise.
//
//	id                          primary key; on several fields a composite one
//	auto                        made by the source; left out of an insert when zero. A whole number called ID that has no tag at all, and
//	                            is the whole key, is auto; orm:"id" is one that the caller gives
//	generated                   made by the source at every write (a computed column, what a trigger keeps): never written, read
//	                            back by every verb; orm.CreateTables makes it by =expression: generated=lower(name). Of an integer
//	                            key: a number that no statement may give (GENERATED ALWAYS AS IDENTITY)
//	datasource= table= schema=  of the model, said on the key's tag or on a blank field's
//	unique index                with =name to share one among several fields. Behind it, where= says which rows it is of, in SQL
//	                            (where=status = 'open'; unique then tells no rows apart, so no upsert goes by it), and include=a+b
//	                            what it keeps and does not sort by (SQLite's indexes do not)
//	default= update=            now, uuid or (default only) a literal; filled by the library. UUIDs are of version 7 and grow in
//	                            the order that rows are made in through one DB
//	notnull                     a type that holds NULL itself (with Scan and Value, a slice, a map under json) is never NULL: a
//	                            nil slice or map is written as an empty one
//	dbdefault                   the column has a DEFAULT in the database, which fills it where a new row says nothing: the Go zero
//	                            value, of whatever type, is left out of the insert and read back. Updates write zeros. With
//	                            =expression, orm.CreateTables writes it: dbdefault=now(), dbdefault='open', dbdefault=(1 + 1)
//	order=                      the place of the column in the model's default order, from 1: order=1, order=2 desc. Lists, first
//	                            rows, pages, streams and included lists come in it, behind what a query sorts by and before the
//	                            key. What has no order, or is hidden, noquery or computed, cannot be in it
//	tenant owner softdelete version   roles that hooks and scopes read
//	shardkey                    beside tenant: rows are spread over machines by this column, so every relation between two such
//	                            models holds within one tenant, under a Bypass too; in a link table the column has the name that
//	                            it has in the model of the relation
//	scope=                      the column of a scope that rls.Scope registers under the name: scope=company. A field has one, a
//	                            model as many as it likes. An integer, a string or a UUID, not nullable; never zero in a row
//	relation= through= strategy=      how a relation is joined and loaded
//	decimal=                    the digits in all and behind the point of an exact decimal number: decimal=12.2 is type=numeric(12,2). What
//	                            does not fit is refused, never rounded
//	foreignkey ondelete= onupdate=    on a relation, or on either end of one: orm.CreateTables writes its foreign key, with an
//	                            index to find the rows that refer to a row. The actions are cascade, restrict, setnull, setdefault
//	                            and noaction, which is what a key without one does: the change is ErrReference. A relation through
//	                            a link table has the keys of that table. The key leads to the primary key or to a unique set
//	json enum= size= type=      storage; on SQLite type=integer, integer(3), integer(6) and real keep a
//	                            time.Time as seconds, milliseconds, microseconds and Julian days
//	comment=                    what orm.CreateTables has PostgreSQL keep of the column; in quotes where it holds commas
//	hidden readonly createonly updateonly noquery   what boundaries may do with the field
//	                            readonly is never given, createonly only by a create, updateonly only by an update (a new row
//	                            holds zero, or what default= says); noquery is read and written, but no query filters, sorts, groups
//	                            or upserts by it: policies and hooks may
//	computed                    not stored
//	prefix=                     embeds a struct, or a pointer to one, with a column prefix
//	-                           no column
//
// Several models may be of one table, such as one that writes and a slim one for lists, each with columns, relations and words of
// its own. What the rows are kept by must be the same in both, or Open says what differs: the key and the columns tagged tenant,
// owner, scope=, softdelete and version; a column hidden in one is hidden in the other. A key of another table is checked whichever of
// them writes it. Roles, policies and hooks that name a model hold for that model: give them to each.
//
// A time.Time is a point in time, in UTC to the microsecond. Types with Scan and Value methods, text
// marshalers, [16]byte (UUID), slices of scalars and anything under json are columns too. Decimal numbers, of a type with
// Scan and Value or of any text under type=numeric(10,2), are exact: the library makes no float64 of them
// (SQLite does where SQL text of your own computes with them: see package source/sqlite).
//
// # Opening
//
// Sources are packages of their own, so that a program links only the drivers it uses.
//
//	db, err := orm.Open(ctx,
//		postgres.Source("main", os.Getenv("DATABASE_URL")),
//		orm.Models(User{}, Order{}, Post{}, Team{}),
//		orm.Limits{MaxIncludeDepth: 5, MaxFanOut: 1000},
//	)
//	defer db.Close()
//
// Close lets nothing new begin and waits for what is under way: [CloseWithin] says how long. It comes after the shutdown of the
// server whose requests use the DB.
//
// A [DB] is a value to pass around; there is no global state. [Repo] is the conversion of a DB to the
// rows of one model: orm.Repo[User](db) costs nothing.
//
// # Columns
//
// The main road is a struct of columns, bound once. A name or a Go type that does not fit the model stops
// the program at its start; another model's column does not compile.
//
//	var Users = orm.Bind[User, struct {
//		Email  orm.Text[User]
//		Name   orm.Text[User]
//		Orders orm.Many[User, Order]
//	}]()
//
//	Users.Email.EndsWith("@example.com")                             // bound
//	orm.F(func(u *User) *string { return &u.Email }).Eq("a@b.c")     // in place
//	users.F("Email").Eq(input)                                       // by name; users is an orm.Repo[User]
//	orm.SQL[User]("length(email) > ?", 20)                           // constant SQL text
//
// Operators are Eq Ne Gt Gte Lt Lte In NotIn Between IsNull IsNotNull DistinctFrom, on text also Contains
// StartsWith EndsWith Like, which heed case unless Fold is said. [And], [Or] and [Not] join them with
// SQL's three-valued logic. Values are always bound, never written into SQL.
//
// # Reading
//
// A [Query] is an immutable value; a verb that takes a context runs it.
//
//	users := orm.Repo[User](db)
//	admins := users.Where(Users.Role.Eq("admin"))
//
//	rows, err := admins.OrderBy(Users.Name.Asc()).Skip(20).Take(10).All(ctx)
//	u, err := users.ByID(7).One(ctx)            // no row: ErrNotFound
//	u, err = admins.Sort("-CreatedAt").First(ctx)
//	n, err := admins.Count(ctx)
//	ok, err := admins.Exists(ctx)
//	for u, err := range admins.Rows(ctx) { … }  // one window of rows in memory
//
// Select and Omit choose columns, Distinct drops doubles. Pages are stable: the key breaks ties. Rows of a model whose
// tags say order= come in that order, behind the query's own. NULL sorts as the largest value on every source; NullsFirst
// and NullsLast say otherwise.
//
// # Including and filtering by relations
//
//	rows, err := users.
//		Where(Users.Orders.Some(Orders.Total.Gt(100))).
//		With(Users.Orders.Where(Orders.Status.Eq("open")).OrderBy(Orders.Total.Desc()).Take(5)).
//		Include("Post", "Teams").
//		All(ctx)
//
// Each relation is one statement, whatever the number of parents, or none with strategy=join, where the statement of
// the query brings it. Take counts for each parent. Some, None
// and Every filter by a to-many relation, Is and IsNot by a to-one relation; they nest. A to-many that was
// included is never nil; one that was not is nil.
//
// Which keys are the same is for the database that holds the related rows to say: citext and NOCASE fold there as they do in
// a join. Across sources a text is the key of the whole number or the UUID that is written so and not otherwise: "7", but
// neither "007" nor "7.0", and a UUID in lower case with hyphens. A text of another form belongs to nothing; where an API writes
// UUIDs in capitals, give its field the type [16]byte, which reads every form.
//
// # Pages, groups and other shapes
//
//	page, err := users.OrderBy(Users.Orders.Count().Desc()).Take(20).Page(ctx, cursor)   // page.Next, page.Prev
//	cards, err := orm.Into[Card](admins).All(ctx)                      // a struct with some of the fields, nested ones too
//	groups, err := orm.Aggregate[ByStatus](ctx, orders.Query())        // fields tagged agg=count(*), agg=sum(Total), agg=sum(Quantity*Price); others group
//	ctx = orm.WithLoader(ctx)                                          // users.Load(ctx, id) of many goroutines: few statements
//
// # Several sources
//
// A model lives in the source that its tag names: a database, or an HTTP API mapped by package source/httpapi. Relations
// between sources are included, filtered by and stitched like others. A call fails when a source does, unless it says
// BestEffort(&issues): then it gives what could be had, and an [Issue] for each missing part.
//
// # Writing
//
//	err := users.Create(ctx, &u)                                      // fills the key and defaults
//	n, err := users.CreateMany(ctx, rows, orm.SkipDuplicates())       // all or none
//	u, err := users.ByID(1).Update(ctx, Users.Name.SetNull(), Users.Role.Set("admin"))
//	n, err := orders.Where(…).UpdateMany(ctx, Orders.Total.Inc(5))    // also UpdateReturning
//	err = users.Save(ctx, &u)                                         // every column; no row: ErrNotFound
//	u, err = users.ByID(1).Delete(ctx)                                // gives the row
//	n, err = users.Where(…).DeleteMany(ctx)
//	err = users.Upsert(ctx, orm.On(Users.Email), &u, Users.Name.Set("Ada"))
//	u, err = users.With(Users.Teams).ByID(1).Update(ctx, Users.Orders.Create(order), Users.Teams.Link(Teams.ID.In(1, 2)))
//	u, err = users.ByID(1).Update(ctx, Users.Orders.Update(orm.Key[Order](7), Orders.Status.Set("paid")), Users.Orders.DeleteMany(Orders.Status.Eq("void")))
//	n, err = users.SaveMany(ctx, rows)                                // all or none, few statements
//
// What is said is written: zero values are values. Only auto and default= fields take zero for absent, and
// only in a create. A mass write without a condition is [ErrUnboundedWrite] unless EveryRow is said.
//
// # Transactions
//
//	err := db.Tx(ctx, func(tx orm.DB) error {
//		return orm.Repo[User](tx).Create(ctx, &u)
//	}, orm.Serializable, orm.Retry(3))
//
// An error or a panic rolls back. Inside a transaction, Tx is a savepoint. Retry repeats the whole function
// where that is safe; a commit whose outcome is unknown is [ErrCommitUnknown], never repeated. Lock holds
// the rows read until the end: q.Lock(orm.ForUpdate, orm.SkipLocked).
//
// # When one machine is not enough
//
// Replicas: postgres.Replicas takes reads outside transactions that lock nothing; writes, transactions and [Primary] go to the
// primary. postgres.ReadYourWrites keeps an actor's reads there for a while after its writes.
//
// Poolers: behind one that gives a connection away with each transaction, say postgres.ExecMode(postgres.CacheDescribe); nothing
// else is kept in a session. One that gives it away with each statement can do no transactions, and so none of what needs them:
// nested writes, SaveMany, hooks that look at old rows. A stream left early in a transaction ends its cursor and keeps the connection.
//
// Rows over several machines by their tenant, as with Citus: the tenant column is the shard key, said once in a struct that the
// models embed, and part of their keys, since a cluster keeps no unique set without it.
//
//	type Spread struct {
//		ID       int64 `orm:"id"`
//		TenantID int64 `orm:"tenant_id,id,tenant,shardkey"`
//	}
//
// Every relation of two such models then holds within one tenant: in joins, filters, includes, link tables and nested writes, and
// under a Bypass too. A link table has the column as well, under its name in the model of the relation, whether or not the
// table has a model. Models that belong to no tenant (rls.Global) are reference tables. What a tenant does names one tenant, so that a
// router sends it to one machine; CreateMany of up to 500 rows is one list of values. Across tenants, under a Bypass, reads go to all
// machines; SaveMany locks nothing beforehand and may meet a deadlock, which [Retry] repeats. An audited mass write reads its rows FOR
// UPDATE in the order of their keys, which Citus refuses across machines: do it tenant by tenant. Entries of hook.Audit stay beside
// their rows with [TenantOutbox]. rls.Native sets its variables by SET LOCAL there. [DB.Check] compares all that with the catalogue.
//
// A schema for each tenant: an extension of hook.Registrar.Settings that sets search_path; statements are described for each schema apart.
//
// Servers like CockroachDB, which give transactions up at any time: [Retry] repeats on 40001 and 40P01, from COMMIT too, and never where
// the outcome is unknown. No advisory locks and temporary tables are used, and ids are not taken to be dense.
//
// What is said of PgBouncer, Citus and CockroachDB is tested on PostgreSQL by the statements that are sent and by answers like theirs;
// the programs themselves are not run by the library's tests.
//
// # Raw SQL
//
//	rows, err := orm.Raw[Report](ctx, db.Source("main"), "SELECT … WHERE id = :id", orm.Args{"id": 1})
//	rows, err := orm.Raw[Report](ctx, db, "SELECT … FROM {{Invoice}}")     // the rows that the caller may read: no bypass is needed
//	n, err := db.Exec(ctx, "UPDATE orders SET status = :s", orm.Args{"s": "paid"})
//
// The text must be a constant of the program, so no input can become SQL; the vet tool of hook/ormvet reports what the
// compiler lets through. Where scopes are registered, raw
// SQL is denied unless the context has a bypass: no scope can reach into text.
//
// # Errors
//
// Every error is an [*Error] that names the operation, model, field and source, or wraps one. Sentinels
// say the kind:
//
//	switch {
//	case errors.Is(err, orm.ErrNotFound):  // 404
//	case errors.Is(err, orm.ErrConflict):  // 409
//	}
//
// [OutcomeOf] tells what became of a call that failed: Unsent, Undone or Unknown. A write whose answer was lost, COMMIT or a
// single statement, is [ErrCommitUnknown]: look before repeating it. What was provably not sent has been tried again.
//
// Texts hold no row values and no words of the driver; the driver's own error is there for errors.As.
//
// # Seeing
//
//	text, args, err := q.SQL()          // what All would send, scopes left out
//	plan, err := q.Explain(ctx)         // every statement, includes and scopes too; fmt.Println(plan)
//	orm.Logger(slog.Default())          // options of Open: each statement; with orm.LogArgs() its arguments, but hidden ones
//	orm.Observer(func(ctx context.Context, s orm.Statement) { … })
//	orm.TxObserver(func(ctx context.Context, s orm.TxStep) { … }) // begin, commit, rollback: attempts, causes, time held
//	fmt.Print(orm.Schema(db))           // the DDL that CreateTables runs
//	found, err := db.Check(ctx)         // the models against the live schema; orm.WithAdvice() tells what could be better too
//
// # Testing
//
// Package hook/ormtest is for a program's own tests: a SQLite file for each, what proves that tenants are apart, statements
// counted, and an HTTP API that records what httpapi.Source asks it. Package hook/ormtest/pgtest gives a PostgreSQL schema or database for
// each test, of the server that ORM_TEST_POSTGRES names or of one that it starts. Tests may be parallel, and need no TestMain.
//
//	db := ormtest.Open(t, postgres.Source("main", pgtest.Schema(t)), orm.Models(User{}, Order{}), rls.Tenant())
//	ctx := ormtest.As(t.Context(), 123, "sales")
//	ormtest.Plant(ctx, t, db, User{Email: "ada@example.com"})
//	ormtest.AssertStatements(ctx, t, db, 2, func(ctx context.Context) { … })
//	ormtest.AssertIsolated(t, db, ormtest.Model[User](), ormtest.Model[Order]())
//
// # Hooks and scopes
//
// [DB.Use] registers values of packages hook and rls. A scope adds a predicate to every statement that
// touches a model, includes and relation filters too, and cannot be taken off by a query. Who asks travels
// in the context: [WithActor].
//
//	err := db.Use(rls.Tenant(), rls.Global(Country{}), hook.SoftDelete(), hook.Audit(orm.Outbox(db)))
//	ctx = orm.WithActor(ctx, orm.Actor{ID: 7, TenantID: 123, Role: "sales"})
//
// # Requests from outside
//
// Package rls/guard takes the JSON of whoever asks. A shape, compiled once, says what may be read, filtered, sorted, counted
// and written, how much of it, and what holds whatever is asked; each verb is a query or a write of that shape, or an
// error with a status, a code and the place in the request. Its answers are JSON of what was asked and nothing else.
//
//	var public = guard.MustCompile(guard.Shape[Article]{
//		Select:  guard.Only(Articles.ID, Articles.Title, Articles.Views),
//		Where:   guard.Where[Article]{guard.Allow(Articles.Title), guard.Force(Articles.Draft.Eq(false))},
//		OrderBy: guard.Only(Articles.Views),
//		Take:    guard.Take{Default: 10, Max: 50},
//	})
//	found, err := public.FindMany(ctx, articles, body) // body: {"where": {"title": {"contains": "go"}}, "take": 5}
//
// Package rls/rest serves such shapes as resources over net/http, each for the callers that it is for; guests, users and admins
// may see three sides of one table. What stands in a URL or a body is checked by the shape, the answer is written in the
// transaction of its statements, and documents and clients are made of the same shapes. guard.FromTags, and rest.Tagged with it,
// make shapes of the tags alone.
//
//	api, err := rest.New(db, rest.Session(whoIs), rest.Resource("articles", rest.Rules[Article]{
//		Get:  rest.By[Article]{rest.Guest: public, rest.Mine: own},
//		Post: rest.By[Article]{rest.Mine: own},
//	}))
//	mux.Handle("/query/", http.StripPrefix("/query", api)) // /query/articles?select=(where:(title.like:'Go%'),limit:5)
package orm
