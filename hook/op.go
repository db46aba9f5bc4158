package hook

import (
	"context"
	"reflect"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Kind is what an operation does.
type Kind string

// The kinds of operations.
const (
	Read   Kind = "read"
	Count  Kind = "count"
	Create Kind = "create"
	Update Kind = "update"
	Delete Kind = "delete"
	Upsert Kind = "upsert"
	Raw    Kind = "raw"
	Link   Kind = "link"   // rows of a link table that no model describes were added; see Op.Links
	Unlink Kind = "unlink" // rows of such a table were removed
)

// Writes reports whether the kind changes rows.
func (k Kind) Writes() bool {
	switch k {
	case Create, Update, Delete, Upsert, Link, Unlink:
		return true
	}
	return false
}

// Op is one operation as hooks see it. The statement is the operation's own copy: a hook may change it,
// and what it changes is run. One of Select, Insert, Update and Delete is set, none for raw SQL, Link and Unlink.
type Op struct {
	Kind   Kind
	Name   string       // the method the caller used: "All", "CreateMany", …
	Model  *model.Model // nil for raw SQL
	Source string
	Actor  *Actor // nil when the context has none

	Select *builder.Select
	Insert *builder.Insert
	Update *builder.Update
	Delete *builder.Delete
	Text   string // of raw SQL
	Links  *Links // of Link and Unlink; Model is then the model that has the relation

	// Path is the include path from the root, "" at the root itself: "Orders.Items".
	Path string

	// Rows are the rows read or written, a slice of the model's struct type that After may change in
	// place. It is the zero Value before the operation ran and for operations that give no rows.
	Rows reflect.Value
	// Affected is the number of rows read or written.
	Affected int64

	// Partial says that the rows are a window of a stream and that After is called again for the next; the
	// last call, which may have no rows, is not partial.
	Partial bool

	// Start is when the operation began, zero unless a hook that sees it is Timed.
	Start time.Time

	// Old holds the rows as they were before a write, when a hook asked for them with NeedOld.
	Old     reflect.Value
	needOld bool
	// needRows asks for the written rows back.
	needRows bool
	commit   []func(context.Context)
	asked    []*model.Field // the columns before anything was pulled
	pulled   []pulled       // see Computed
}

// saves reports whether the operation writes a row as a struct holds it, by Save or SaveMany.
func (o *Op) saves() bool { return o.Update != nil && (o.Name == "Save" || o.Name == "SaveMany") }

// AfterCommit runs fn once the transaction that holds the operation has committed, or right after the
// operation when there is none: the place for effects that cannot be undone. It is not run on rollback.
func (o *Op) AfterCommit(fn func(ctx context.Context)) { o.commit = append(o.commit, fn) }

// Effects gives and forgets what AfterCommit gathered; the engine calls it.
func (o *Op) Effects() []func(context.Context) {
	out := o.commit
	o.commit = nil
	return out
}

// NeedOld asks, in Before, for the rows as they are before the write, read and locked in the same transaction.
func (o *Op) NeedOld() { o.needOld = true }

// NeedRows asks, in Before, for the written rows, all columns, in After.
func (o *Op) NeedRows() { o.needRows = true }

// WantsOld tells the engine whether a hook asked for the old rows.
func (o *Op) WantsOld() bool { return o.needOld }

// WantsRows tells the engine whether a hook asked for the written rows.
func (o *Op) WantsRows() bool { return o.needRows }

// Statement gives the statement, nil for raw SQL, Link and Unlink.
func (o *Op) Statement() builder.Statement {
	switch {
	case o.Select != nil:
		return o.Select
	case o.Insert != nil:
		return o.Insert
	case o.Update != nil:
		return o.Update
	case o.Delete != nil:
		return o.Delete
	}
	return nil
}
