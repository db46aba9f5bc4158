package client

import (
	"context"
	"net/http"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Insert makes rows, all in one request.
func (d *DataSource) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	if err := source.Guard(st); err != nil {
		return 0, err
	}
	r, err := d.resource(st.Model)
	if err != nil {
		return 0, err
	}
	in := insertion{writing: writing{d: d, r: r, method: http.MethodPost, made: st.Made}, ctx: ctx, st: st, rows: rows}
	n, err := in.run()
	return n, fault.Fill(err, "", st.Model.Name, d.name)
}

type insertion struct {
	writing
	ctx  context.Context
	st   *builder.Insert
	rows *source.Rows
}

func (in *insertion) run() (int64, error) {
	st, m := in.st, in.st.Model
	switch {
	case st.Err != nil:
		return 0, st.Err
	case st.Rows < 1 || len(st.Values) != st.Rows*len(st.Fields):
		return 0, fault.New(fault.ErrInvalid, m.Name, "", "the insert has another number of values than its rows and columns need")
	case st.Conflict != nil && st.Conflict.DoNothing:
		return 0, fault.New(fault.ErrUnsupported, m.Name, "", "a service does not tell duplicates from new rows: create the rows without SkipDuplicates")
	case st.Conflict != nil:
		return 0, fault.New(fault.ErrUnsupported, m.Name, "", "a service has no upsert: read the row, then create or update it")
	}
	for {
		a, err := in.send()
		if err == nil {
			return in.taken(a)
		}
		if !in.refills(err) {
			return 0, err
		}
	}
}

func (in *insertion) values(i int) []model.Value {
	n := len(in.st.Fields)
	return in.st.Values[i*n : (i+1)*n]
}

func (in *insertion) send() (*answer, error) {
	all := make([]map[string]any, in.st.Rows)
	for i := range all {
		members, err := in.members(in.st.Fields, in.values(i))
		if err != nil {
			return nil, err
		}
		all[i] = objectOf(members)
	}
	sel := object()
	req, err := in.d.request(in.r, in.method, nil, &sel)
	if err != nil {
		return nil, err
	}
	var body any = all
	if len(all) == 1 {
		body = all[0]
	}
	if err := in.carry(req, body); err != nil {
		return nil, err
	}
	return in.d.ask(in.ctx, in.r, req, &in.r.list, 0)
}

// taken takes the rows of the reply over, which stand in the order in which they were sent.
func (in *insertion) taken(a *answer) (int64, error) {
	n, err := a.number(a.at.affected, "rowsAffected")
	if err != nil {
		return 0, done(err)
	}
	if n != int64(in.st.Rows) {
		return 0, done(a.wrong("the service made another number of rows than were sent"))
	}
	if in.rows == nil {
		return n, nil
	}
	array, count, err := a.rows()
	if err != nil {
		return 0, done(err)
	}
	if count != in.st.Rows {
		return 0, done(a.wrong("the reply has another number of rows than were sent"))
	}
	reader := in.r.rows.Reader(in.d.maxRows)
	each := jsonstream.ElementsOf(array)
	for i := range in.st.Rows {
		item, _ := each.Next()
		if err := in.hand(reader, item, i); err != nil {
			return 0, done(err)
		}
	}
	return n, nil
}

// hand takes an item over as row i: what the service replies is the row, what it does not tell is what was sent.
func (in *insertion) hand(reader *jsonrow.Reader, item []byte, i int) error {
	m := in.st.Model
	row := m.NewRow().UnsafePointer()
	for c, v := range in.values(i) {
		if err := in.st.Fields[c].Store(row, v); err != nil {
			return err
		}
	}
	var scopes jsonrow.Standing
	if in.st.Reply != nil {
		var err error
		if scopes, err = jsonrow.StandingOf(m, in.st.Reply.Scopes, row); err != nil {
			return err
		}
	}
	if err := reader.Over(in.required(), item, row); err != nil {
		return err
	}
	if err := scopes.Hold(m, row); err != nil {
		return err
	}
	fields := in.st.Returning
	if in.st.Reply != nil {
		fields = m.Fields
	}
	if err := copyFields(fields, row, in.rows.Next()); err != nil {
		return err
	}
	return in.rows.Done()
}

// required gives the columns that the reply must tell: those that are awaited and were not sent.
func (in *insertion) required() (out []*model.Field) {
next:
	for _, f := range in.st.Returning {
		for _, x := range in.st.Fields {
			if x == f {
				continue next
			}
		}
		out = append(out, f)
	}
	return out
}

func copyFields(fields []*model.Field, from, to unsafe.Pointer) error {
	for _, f := range fields {
		v, err := f.Load(from)
		if err != nil {
			return err
		}
		if err := f.Store(to, v); err != nil {
			return err
		}
	}
	return nil
}
