package client

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
)

// maxLimit is the largest limit that the service is asked for. firstInset is that of related rows where their number is not
// bounded: what shapes allow that say nothing.
const (
	maxLimit   = 1000
	firstInset = 100
)

// send sends a request in the name of whoever ctx speaks for.
func (d *DataSource) send(ctx context.Context, req *httpcall.Request) (*httpcall.Reply, error) {
	if err := ctx.Err(); err != nil {
		return nil, fault.Ended(httpcall.TransportFault(ctx, req.Model, err), fault.Unsent)
	}
	if d.auth != nil {
		if err := d.credentials(ctx, req); err != nil {
			return nil, err
		}
	}
	rep, _, err := d.call.Send(ctx, req)
	if err != nil {
		return rep, err
	}
	if !strictly(rep.Header) {
		err := httpcall.Upstream(req.Model, nil, "the reply does not say that the request was heeded strictly: is the base URL that of a rest handler of this version?")
		if !req.Reads {
			return nil, fault.Doubtful(req.Model.Name, "", err.Detail, nil)
		}
		return nil, err
	}
	return rep, nil
}

func (d *DataSource) credentials(ctx context.Context, req *httpcall.Request) (err error) {
	defer func() {
		if recover() != nil {
			err = fault.New(fault.ErrAuth, req.Model.Name, "", "the function for credentials panicked").WithOutcome(fault.Unsent)
		}
	}()
	if err := d.auth(ctx, req.Header); err != nil {
		return fault.New(fault.ErrAuth, req.Model.Name, "", "the credentials could not be had").WithCause(err).WithOutcome(fault.Unsent)
	}
	return nil
}

// answer is a reply with a list, or with one row.
type answer struct {
	at    *replyOf
	rep   *httpcall.Reply
	m     *model.Model
	paged bool // cursors lead to more
}

func (d *DataSource) ask(ctx context.Context, r *resource, req *httpcall.Request, at *replyOf, most int) (*answer, error) {
	req.Outline, req.Most, req.TooMany = &at.outline, most, func() error { return d.tooManyRows(r.model) }
	rep, err := d.send(ctx, req)
	if err != nil {
		return nil, err
	}
	a := &answer{at: at, rep: rep, m: r.model}
	if !rep.Body {
		return nil, a.wrong("the reply is empty")
	}
	return a, nil
}

func (a *answer) wrong(detail string) error { return httpcall.Upstream(a.m, nil, detail) }

// value gives what the reply has in a slot, nil for nothing.
func (a *answer) value(slot int) []byte {
	v, ok := a.rep.At.At(a.rep.Raw, slot)
	if !ok {
		return nil
	}
	return v
}

// rows gives the list of the reply and its length.
func (a *answer) rows() (array []byte, n int, err error) {
	v := a.value(a.at.rows)
	switch {
	case v == nil:
		return nil, 0, a.wrong("the reply has no list under the name of the resource: its format is none that this source reads, which is rest.Envelope")
	case v[0] != '[':
		return nil, 0, a.wrong("the reply has " + jsonrow.KindOf(v) + " where the list of rows belongs")
	}
	return v, a.rep.At.Count, nil
}

// row gives the row of the reply.
func (a *answer) row() ([]byte, error) {
	v := a.value(a.at.row)
	switch {
	case v == nil:
		return nil, a.wrong("the reply has no row under the name of the resource: its format is none that this source reads, which is rest.Envelope")
	case v[0] != '{':
		return nil, a.wrong("the reply has " + jsonrow.KindOf(v) + " where a row belongs")
	}
	return v, nil
}

// number gives a number of the reply.
func (a *answer) number(slot int, name string) (int64, error) {
	v := a.value(slot)
	n, err := int64(0), error(nil)
	if v != nil {
		n, err = strconv.ParseInt(jsonrow.View(v), 10, 64)
	}
	if v == nil || err != nil || n < 0 {
		return 0, a.wrong("the reply has no whole number under " + name)
	}
	return n, nil
}

// next gives the cursor of the next page, "" for none.
func (a *answer) next() (string, error) {
	switch v := a.value(a.at.next); {
	case v == nil || v[0] == 'n':
		return "", nil
	case v[0] != '"':
		return "", a.wrong("the reply has " + jsonrow.KindOf(v) + " where the cursor of the next page belongs")
	default:
		return jsonrow.TextOf(v), nil
	}
}

// refusedPart gives the words of the part of a request that was refused, as in with user limit.
func refusedPart(err error) (words []string, p *Problem) {
	if p = problemIn(err); p == nil || !p.strict || p.Path == "" {
		return nil, p
	}
	for w := range strings.SplitSeq(p.Path, ".") {
		w, _, _ = strings.Cut(w, "[")
		words = append(words, w)
	}
	return words, p
}

// sentAs is how a request was written, as far as refusals change it.
type sentAs struct {
	keyless bool
	limits  map[*inset]int64
}

func (x *reading) sentAs() sentAs {
	x.mu.Lock()
	defer x.mu.Unlock()
	return sentAs{x.r.is(&x.r.noKey), maps.Clone(x.limits)}
}

// adapts learns from a refusal and reports whether the same may be asked in another way: fewer related rows at a time, an order
// without the key.
func (x *reading) adapts(err error, was sentAs) bool {
	words, p := refusedPart(err)
	if p == nil || len(words) == 0 {
		return false
	}
	l, in, rest := x.levelAt(words)
	switch {
	case len(rest) == 1 && rest[0] == wordLimit && in != nil && (p.Status == http.StatusRequestEntityTooLarge || p.Status == http.StatusBadRequest):
		return x.lowers(in, was.limits[in])
	case len(rest) == 2 && rest[0] == wordOrder && p.Status == http.StatusBadRequest && l.asks && untied(l.st) < l.st.Order.Len():
		for _, f := range l.st.Model.Key {
			if l.r.columns[f.Index] == rest[1] {
				return l.r.flag(&l.r.noKey) || !was.keyless
			}
		}
	}
	return false
}

// levelAt finds the rows that words such as with user with posts lead to; in is nil for the statement's own.
func (x *reading) levelAt(words []string) (l *level, in *inset, rest []string) {
	l = &x.level
	for len(words) > 1 && (words[0] == wordWith || words[0] == wordColumns) {
		var to *inset
		for _, y := range l.insets {
			if y.name == words[1] {
				to = y
			}
		}
		if to == nil {
			break
		}
		l, in, words = &to.level, to, words[2:]
	}
	return l, in, words
}

// lowers asks for fewer related rows at a time than were refused.
func (x *reading) lowers(in *inset, was int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.limits[in] < was { // another request has
		return true
	}
	n, ok := x.r.lowerInset(in.path, was)
	if !ok {
		return false
	}
	x.limits[in], x.refused[in] = n, true
	return true
}

// lengthens reports whether more rows behind a link table can be asked for.
func (x *reading) lengthens(in *inset, sent int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.r.lengthens(in, sent, x.refused[in])
}

// limit fills the limits of related rows from what was learned before.
func (x *reading) limit(insets []*inset) {
	for _, in := range insets {
		x.limits[in] = x.r.insetMost(in)
		x.limit(in.insets)
	}
}
