// Package rest serves models as resources over net/http. One definition of who may ask what gives the handler, an OpenAPI
// document, a TypeScript client and, by package client, a source for other services. Rules are shapes of package guard: this
// package adds callers, HTTP and grammars, and nothing about safety of its own. Hooks and scopes of the DB act below, as always.
//
//	api, err := rest.New(db,
//		rest.Session(whoIs), // func(*http.Request) (orm.Actor, bool, error)
//		rest.Resource("posts", rest.Rules[Post]{
//			Get:    rest.By[Post]{rest.Guest: published, rest.Mine: own, "admin": everything},
//			Post:   rest.By[Post]{rest.Mine: own},
//			Patch:  rest.By[Post]{rest.Mine: own},
//			Delete: rest.By[Post]{rest.Mine: own},
//		}),
//		rest.Tagged[Article]("articles", rest.Relations("Author")),
//	)
//	mux.Handle("/query/", http.StripPrefix("/query", api))
//
// # Paths
//
// /{resource} knows GET, HEAD, POST, PATCH, DELETE and OPTIONS, /{resource}/{key} all but POST; a key of several columns is
// written with commas between, a comma within a value as %2C. POST /{resource}/import is of tagged resources.
//
// # Callers
//
// By names who a shape is for: a role, Mine (who is signed in), All (anybody) or Guest (nobody). The parameters ?mine, ?all and
// ?guest ask for one, ?mine|guest for the first that there is; without them the caller's role counts, then Mine, then All, and
// Guest for nobody. ?mine of nobody is 401, a rule that is not for the caller 403, a method without a rule 405, a resource that
// does not exist 404.
//
// # What to read
//
// ?select= takes RJSON (package rjson), which needs no escapes in a URL:
//
//	?select=(where:(title.like:'Hello%',likes.gte:10),columns:~T(id,title)~,orderBy:(created_at:desc),limit:10,offset:20,with:(user:(columns:~T(name)~)))
//
// In where an object holds when all its members do, a list of objects _(…)_ when one does. A member is a column, alone or with a
// dot and an operator: eq ne gt gte lt lte like notLike ilike notIlike inArray notInArray between notBetween isNull isNotNull,
// and contains startsWith endsWith has hasEvery hasSome isEmpty. like takes % at the ends of a text; other patterns need
// guard.Like in the shape. AND, OR and NOT combine, a relation takes (some:(…)) and the like, times may be milliseconds
// since 1970. columns is T, names with T or names with F; columns:F asks for numbers only. an empty cursor asks for pages with next
// and prev. ?query= takes the same request as the JSON of package guard, where select:false asks for numbers only.
// ?countTotal counts, ?findFirst gives one row.
//
// What is unknown or stands twice is refused, and so is everything that the shape does not allow.
//
// # What to write
//
// Bodies are application/json, application/rjson or application/x-www-form-urlencoded: an object, or a list of objects for a
// POST. PATCH and DELETE take their conditions from the URL; without any they write what the rule narrows by itself, and are
// refused where it does not (see Rules.EveryRow). A new row has to be one that the conditions of its rule admit. Rows with a
// version that are named by their primary key carry it as ETag: If-Match refuses with 412 what has changed since, If-None-Match
// answers 304. A row that is named by another unique set has none, since another row may have its name and version tomorrow.
//
// A write is one transaction with its hooks, a read of several statements one snapshot, where the source has them. The answer is
// encoded before the commit.
//
// # Answers
//
// The default envelope is {"total", "matched", "rowsAffected", "count", "<resource>": […]} with what was asked for; rows are
// never null. total is the number of rows that the rule admits, matched of those that pass the request's filter. Errors are
// application/problem+json (RFC 9457) with the members error, code, path and requestId beside it, and fields where values break
// rules. They hold no values, no text of drivers and no names that the caller may not see.
//
// Sessions by cookie need a protection against requests from other sites, such as [net/http.CrossOriginProtection]; the handler
// itself asks for none, since others send tokens.
//
// The language of ?select=, its operators and callers follow Bepalo Query, the tagged resources NICOT.
package rest
