package apitest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
)

const every = guard.And | guard.Or | guard.Not

// Models are the models of the API.
func Models() []any { return []any{Author{}, Book{}, Review{}, Tag{}, Place{}} }

// Session signs in whom the header Authorization names: "Bearer 7" is the author 7, "Bearer editor" one with the role editor.
func Session(r *http.Request) (orm.Actor, bool, error) {
	name, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !ok:
		return orm.Actor{}, false, nil
	case name == "editor":
		return orm.Actor{ID: int64(0), Role: name}, true, nil
	}
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return orm.Actor{}, false, errors.New("the token names nobody")
	}
	return orm.Actor{ID: id, Role: "author"}, true, nil
}

func own(_ context.Context, a orm.Actor) (orm.Pred[Book], error) {
	id, ok := a.ID.(int64)
	if !ok {
		return orm.Pred[Book]{}, fmt.Errorf("the actor is no author: %w", orm.ErrDenied)
	}
	return Books.AuthorID.Eq(id), nil
}

func theirs(_ context.Context, a orm.Actor) (orm.Assign[Book], error) {
	id, ok := a.ID.(int64)
	if !ok {
		return orm.Assign[Book]{}, fmt.Errorf("the actor is no author: %w", orm.ErrDenied)
	}
	return Books.AuthorID.Set(id), nil
}

func author() guard.Shape[Author] {
	return guard.Shape[Author]{
		Select: guard.Only(Authors.ID, Authors.Name, Authors.Class),
		Where:  guard.Where[Author]{guard.Allow(Authors.Name)},
	}
}

func review() guard.Shape[Review] {
	return guard.Shape[Review]{
		Select:  guard.Only(Reviews.Reader, Reviews.Stars, Reviews.Text),
		Where:   guard.Where[Review]{guard.Allow(Reviews.Stars), guard.Allow(Reviews.Text, guard.Contains)},
		Logic:   guard.Or,
		OrderBy: guard.Only(Reviews.Stars, Reviews.Reader),
		Take:    guard.Take{Default: 5, Max: 20}, Skip: 50,
	}
}

// everything is a shape with all there is.
func everything() guard.Shape[Book] {
	return guard.Shape[Book]{
		Select: guard.Only(Books.ID, Books.AuthorID, Books.Title, Books.Subtitle, Books.Kind, Books.Pages, Books.Rank, Books.Copies, Books.Readers, Books.Weight, Books.Ratio,
			Books.Price, Books.Discount, Books.Sold, Books.Born, Books.ReadAt, Books.Cover, Books.Marks, Books.Binding, Books.Notes, Books.CreatedAt),
		Where: guard.Where[Book]{
			guard.Allow(Books.ID), guard.Allow(Books.AuthorID), guard.Allow(Books.Title), guard.Allow(Books.Subtitle), guard.Allow(Books.Kind), guard.Allow(Books.Pages),
			guard.Allow(Books.Rank), guard.Allow(Books.Copies), guard.Allow(Books.Readers), guard.Allow(Books.Weight), guard.Allow(Books.Ratio), guard.Allow(Books.Price),
			guard.Allow(Books.Discount), guard.Allow(Books.Sold), guard.Allow(Books.Born), guard.Allow(Books.ReadAt), guard.Allow(Books.Marks), guard.Allow(Books.Binding),
			guard.Related(Books.Reviews, guard.Some|guard.None|guard.Every, guard.Where[Review]{guard.Allow(Reviews.Stars), guard.Allow(Reviews.Reader, guard.Eq, guard.Like)}),
			guard.Related(Books.Author, guard.Is|guard.IsNot, guard.Where[Author]{guard.Allow(Authors.Name), guard.Allow(Authors.Email, guard.IsNull, guard.EndsWith)}),
		},
		Logic:   every,
		OrderBy: guard.Only(Books.ID, Books.Title, Books.Subtitle, Books.Pages, Books.Rank, Books.Price, Books.Born, Books.Copies, Books.Sold),
		Default: guard.Order(Books.Born.Desc(), Books.ID.Asc()),
		Take:    guard.Take{Default: 10, Max: 50}, Skip: 1000,
		With: guard.With[Book]{
			guard.Include(Books.Author, author()), guard.Include(Books.Reviews, review()),
			guard.Include(Books.Tags, guard.Shape[Tag]{Select: guard.Only(Tags.ID, Tags.Name), Always: true}),
			guard.Count(Books.Reviews, guard.Allow(Reviews.Stars)), guard.Count(Books.Tags),
		},
		Unique: guard.Uniques[Book]{guard.By(Books.ID)},
		Create: guard.Data[Book]{
			guard.Accept(Books.ID), guard.Accept(Books.AuthorID), guard.Accept(Books.Title), guard.Accept(Books.Subtitle), guard.Accept(Books.Kind), guard.Accept(Books.Pages),
			guard.Accept(Books.Rank).Rule("omitempty,min=-9,max=9"), guard.Accept(Books.Copies), guard.Accept(Books.Readers), guard.Accept(Books.Weight), guard.Accept(Books.Ratio),
			guard.Accept(Books.Price), guard.Accept(Books.Discount), guard.Accept(Books.Born), guard.Accept(Books.ReadAt), guard.Accept(Books.Cover),
			guard.Accept(Books.Marks).Rule("max=4"), guard.Accept(Books.Binding), guard.Accept(Books.Notes), guard.Fix(Books.Sold.Set(false)),
			guard.Nest(Books.Author, guard.Ops[Author]{Link: guard.By(Authors.ID), Create: guard.Data[Author]{guard.Accept(Authors.Name), guard.Accept(Authors.Email)},
				LinkOrCreate: guard.LinkOrCreate[Author]{Where: guard.By(Authors.Name), Create: guard.Data[Author]{guard.Accept(Authors.Name), guard.Accept(Authors.Class)}}}),
			guard.Nest(Books.Tags, guard.Ops[Tag]{Create: guard.Data[Tag]{guard.Accept(Tags.Name)}, CreateMany: guard.Data[Tag]{guard.Accept(Tags.Name)}, Link: guard.By(Tags.ID),
				LinkOrCreate: guard.LinkOrCreate[Tag]{Where: guard.By(Tags.Name), Create: guard.Data[Tag]{guard.Accept(Tags.Name)}}}),
			guard.Nest(Books.Reviews, guard.Ops[Review]{Create: guard.Data[Review]{guard.Accept(Reviews.Reader), guard.Accept(Reviews.Stars), guard.Accept(Reviews.Text)}}),
		},
		Update: guard.Data[Book]{
			guard.Accept(Books.Title), guard.Accept(Books.Subtitle), guard.Accept(Books.Pages), guard.Accept(Books.Rank), guard.Accept(Books.Copies), guard.Accept(Books.Price),
			guard.Accept(Books.Discount), guard.Accept(Books.ReadAt), guard.Accept(Books.Marks), guard.Accept(Books.Binding), guard.Fix(Books.Sold.Set(false)),
			guard.Nest(Books.Tags, guard.Ops[Tag]{Set: guard.By(Tags.ID), Link: guard.By(Tags.ID), Unlink: guard.By(Tags.ID), Create: guard.Data[Tag]{guard.Accept(Tags.Name)},
				Delete: guard.By(Tags.ID), DeleteMany: guard.Where[Tag]{guard.Allow(Tags.Name)}}),
			guard.Nest(Books.Reviews, guard.Ops[Review]{
				Create:     guard.Data[Review]{guard.Accept(Reviews.Reader), guard.Accept(Reviews.Stars)},
				Update:     guard.Change[Review]{Where: guard.By(Reviews.Reader, Reviews.BookID), Data: guard.Data[Review]{guard.Accept(Reviews.Stars), guard.Accept(Reviews.Text)}},
				UpdateMany: guard.ChangeMany[Review]{Where: guard.Where[Review]{guard.Allow(Reviews.Stars)}, Data: guard.Data[Review]{guard.Accept(Reviews.Text)}}}),
			guard.Nest(Books.Author, guard.Ops[Author]{Link: guard.By(Authors.ID), Update: guard.Change[Author]{Data: guard.Data[Author]{guard.Accept(Authors.Name)}},
				Upsert: guard.Upsert[Author]{Create: guard.Data[Author]{guard.Accept(Authors.Name)}, Update: guard.Data[Author]{guard.Accept(Authors.Name)}}}),
		},
	}
}

// public is what anybody may see.
func public() guard.Shape[Book] {
	return guard.Shape[Book]{
		Select:  guard.Only(Books.ID, Books.Title, Books.Kind),
		Where:   guard.Where[Book]{guard.Allow(Books.Title, guard.StartsWith), guard.Allow(Books.Kind, guard.Eq, guard.In), guard.Force(Books.Sold.Eq(false))},
		OrderBy: guard.Only(Books.Title), Take: guard.Take{Default: 3, Max: 5},
	}
}

// mine is what authors may do with their own.
func mine() guard.Shape[Book] {
	return guard.Shape[Book]{
		Select:  guard.Only(Books.ID, Books.AuthorID, Books.Title, Books.Pages, Books.Price, Books.Born),
		Where:   guard.Where[Book]{guard.ForceFor(own), guard.Allow(Books.Title), guard.Allow(Books.Pages)},
		Logic:   guard.And | guard.Not,
		OrderBy: guard.Only(Books.Title, Books.Pages),
		With:    guard.With[Book]{guard.Include(Books.Author, author())},
		Create:  guard.Data[Book]{guard.Accept(Books.Title), guard.Accept(Books.Pages), guard.Accept(Books.Price), guard.Accept(Books.Born), guard.FixFor(theirs)},
		Update:  guard.Data[Book]{guard.Accept(Books.Title), guard.Accept(Books.Pages)},
	}
}

func authors() guard.Shape[Author] {
	return guard.Shape[Author]{
		Select:  guard.Only(Authors.ID, Authors.Name, Authors.Email, Authors.Site, Authors.Class, Authors.Code, Authors.Country, Authors.Since, Authors.Until),
		Where:   guard.Where[Author]{guard.Allow(Authors.ID), guard.Allow(Authors.Name), guard.Related(Authors.Books, guard.Some, guard.Where[Book]{guard.Allow(Books.Title)})},
		OrderBy: guard.Only(Authors.Name, Authors.ID), Skip: 100,
		With: guard.With[Author]{guard.Include(Authors.Books, guard.Shape[Book]{Select: guard.Only(Books.ID, Books.Title), OrderBy: guard.Only(Books.Title), Take: guard.Take{Max: 10},
			With: guard.With[Book]{guard.Include(Books.Reviews, review()), guard.Count(Books.Reviews)}})},
		Create: guard.Data[Author]{guard.Accept(Authors.Name), guard.Accept(Authors.Email), guard.Accept(Authors.Site), guard.Accept(Authors.Class), guard.Accept(Authors.Code),
			guard.Accept(Authors.Since), guard.Accept(Authors.Until)},
		Update:   guard.Data[Author]{guard.Accept(Authors.Email), guard.Accept(Authors.Site), guard.Accept(Authors.Class), guard.Accept(Authors.Code), guard.Accept(Authors.Country), guard.Accept(Authors.Since)},
		Coercion: guard.Strict,
	}
}

func reviews() guard.Shape[Review] {
	s := review()
	s.Select = guard.Only(Reviews.Reader, Reviews.BookID, Reviews.Stars, Reviews.Text)
	s.Create = guard.Data[Review]{guard.Accept(Reviews.Reader), guard.Accept(Reviews.BookID), guard.Accept(Reviews.Stars), guard.Accept(Reviews.Text)}
	s.Update = guard.Data[Review]{guard.Accept(Reviews.Stars), guard.Accept(Reviews.Text)}
	return s
}

// Resources are the resources of the API, the session and the limits not among them.
func Resources() rest.Option {
	books := rest.Rules[Book]{
		Description: "Books and what is said of them.",
		Get:         rest.By[Book]{"editor": everything(), rest.Mine: mine(), rest.Guest: public()},
		Post:        rest.By[Book]{"editor": everything(), rest.Mine: mine()},
		Patch:       rest.By[Book]{"editor": everything(), rest.Mine: mine()},
		Delete:      rest.By[Book]{"editor": everything(), rest.Mine: mine()},
		CountTotal:  true,
		Extras:      map[string]guard.Aggregate{"heaviest": guard.Max(Books.Weight), "number": guard.CountAll},
	}
	all := rest.By[Author]{rest.All: authors()}
	each := rest.By[Review]{rest.All: reviews()}
	return rest.Merge(
		rest.Resource("books", books),
		rest.Resource("authors", rest.Rules[Author]{Get: all, Post: all, Patch: all, Delete: all, Single: rest.Never, EveryRow: true}),
		rest.Resource("reviews", rest.Rules[Review]{Get: each, Post: each, Patch: each, Delete: each, Format: rest.NicotEnvelope, CountTotal: true}),
		rest.Resource("last-book", rest.Rules[Book]{Get: rest.By[Book]{rest.All: public()}, Single: rest.Always, Format: rest.Bare}),
		rest.Resource("lastBook", rest.Rules[Book]{Get: rest.By[Book]{rest.All: everything()}, Forbid: rest.ForbidColumns | rest.ForbidOrderBy | rest.ForbidOffset, Single: rest.Never}),
		rest.Resource("delete", rest.Rules[Tag]{Get: rest.By[Tag]{rest.All: {Select: guard.Only(Tags.ID, Tags.Name), Skip: 10, OrderBy: guard.Only(Tags.Name)}}, Forbid: rest.ForbidWhere | rest.ForbidLimit | rest.ForbidWith,
			Format: func(w http.ResponseWriter, _ *http.Request, _ *rest.Result) { w.WriteHeader(http.StatusOK) }}),
		rest.Tagged[Place]("places", rest.Relations("Parent"), rest.Import(), rest.Base(rest.Rules[Place]{CountTotal: true})),
		rest.Tagged[Place]("spots", rest.Routes(rest.RouteList|rest.RouteCreate|rest.RouteUpdate), rest.CreateOrUpdate(), rest.VersionDates(), rest.Parameter("above", "Score", "gt"),
			rest.Base(rest.Rules[Place]{Format: rest.NicotEnvelope})),
	)
}

// New makes the API over db.
func New(db orm.DB) (*rest.API, error) { return rest.New(db, rest.Session(Session), Resources()) }
