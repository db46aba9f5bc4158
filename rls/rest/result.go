package rest

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/multi-orm/orm/rls/guard"
)

// Result is what a request came to, for hooks and for formats. Numbers that were not asked for are -1.
type Result struct {
	Resource     string
	Status       int   // 200, or 201 for a POST
	Single       bool  // one row, or none, in place of a list
	Rowless      bool  // the request asked for numbers only
	Count        int64 // rows in the answer; with columns:F those that pass, or were written
	RowsAffected int64 // by a write
	Total        int64 // rows that the rule admits, with ?countTotal
	Matched      int64 // rows that pass the request's filter, with ?countTotal
	// Next and Prev are cursors of the pages around this one, where Paged; "" where there is none.
	Next, Prev string
	Paged      bool
	Page       *NumberedPage // of ?pageCount and ?recordsPerPage; nil elsewhere
	Imported   bool          // Rows are results of an import
	// Rows is []T, *T where Single, []guard.Imported[T] where Imported, or nil. They hold what was read, which may be more than is
	// shown: AppendJSON shows them.
	Rows any

	extras []byte
	append func(b []byte) ([]byte, error)
	format func(b []byte, r *Result) ([]byte, error) // of formats that this package knows
}

// NumberedPage is a page of a list that is counted.
type NumberedPage struct{ Number, Size, Pages int64 }

// AppendJSON appends the rows as the rule shows them: an array, or an object or null where Single.
func (r *Result) AppendJSON(b []byte) ([]byte, error) {
	if r.append == nil {
		if r.Single {
			return append(b, "null"...), nil
		}
		return append(b, "[]"...), nil
	}
	return r.append(b)
}

// Format writes the answer to a request that succeeded; headers such as ETag are set. It is not called for HEAD and 304. The
// formats of this package are encoded before the commit, so that what cannot be written is undone.
type Format func(w http.ResponseWriter, r *http.Request, res *Result)

// Envelope is the default format: {"total", "matched", "rowsAffected", "count", "extras", "next", "prev", "<resource>": […]},
// where what was not asked for is left out.
func Envelope(w http.ResponseWriter, _ *http.Request, res *Result) { written(w, res, appendEnvelope) }

// Bare writes the rows by themselves, and an object of numbers where columns:F asks for no rows.
func Bare(w http.ResponseWriter, _ *http.Request, res *Result) { written(w, res, appendBare) }

// NicotEnvelope writes {"statusCode", "success", "message", "data", "pagination"}; pages that are counted have "total",
// "perPage", "totalPages" and "pageCount" beside data.
func NicotEnvelope(w http.ResponseWriter, _ *http.Request, res *Result) {
	written(w, res, appendNicot)
}

func written(w http.ResponseWriter, res *Result, form func([]byte, *Result) ([]byte, error)) {
	b, err := form(nil, res)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	sendJSON(w, res.Status, b)
}

func sendJSON(w http.ResponseWriter, status int, b []byte) {
	h := w.Header()
	h.Set("Content-Type", typeJSON)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// known gives the function behind a format of this package, nil for one of the program's.
func (f Format) known() func([]byte, *Result) ([]byte, error) {
	switch {
	case f.is(Envelope):
		return appendEnvelope
	case f.is(Bare):
		return appendBare
	case f.is(NicotEnvelope):
		return appendNicot
	}
	return nil
}

func (f Format) is(other Format) bool {
	return reflect.ValueOf(f).Pointer() == reflect.ValueOf(other).Pointer()
}

func appendNumber(b []byte, name string, n int64) []byte {
	if n < 0 {
		return b
	}
	b = append(b, name...)
	b = strconv.AppendInt(b, n, 10)
	return append(b, ',')
}

func appendNumbers(b []byte, r *Result) []byte {
	b = appendNumber(b, `"total":`, r.Total)
	b = appendNumber(b, `"matched":`, r.Matched)
	b = appendNumber(b, `"rowsAffected":`, r.RowsAffected)
	if p := r.Page; p != nil {
		b = appendNumber(b, `"pageCount":`, p.Number)
		b = appendNumber(b, `"recordsPerPage":`, p.Size)
		b = appendNumber(b, `"totalPages":`, p.Pages)
	}
	if !r.Single {
		b = appendNumber(b, `"count":`, r.Count)
	}
	if r.extras != nil {
		b = append(append(append(b, `"extras":`...), r.extras...), ',')
	}
	if r.Next != "" {
		b = append(append(append(b, `"next":`...), text(r.Next)...), ',')
	}
	if r.Prev != "" {
		b = append(append(append(b, `"prev":`...), text(r.Prev)...), ',')
	}
	return b
}

func closed(b []byte) []byte {
	if b[len(b)-1] == ',' {
		b = b[:len(b)-1]
	}
	return append(b, '}')
}

func appendEnvelope(b []byte, r *Result) (_ []byte, err error) {
	b = appendNumbers(append(b, '{'), r)
	if !r.Rowless {
		name := r.Resource
		if r.Imported {
			name = "results"
		}
		b = append(b, member(name)...)
		if b, err = r.AppendJSON(b); err != nil {
			return b, err
		}
	}
	return closed(b), nil
}

func appendBare(b []byte, r *Result) ([]byte, error) {
	if r.Rowless {
		return closed(appendNumbers(append(b, '{'), r)), nil
	}
	return r.AppendJSON(b)
}

func appendNicot(b []byte, r *Result) (_ []byte, err error) {
	b = appendNumber(append(b, '{'), `"statusCode":`, int64(r.Status))
	b = append(b, `"success":true,"message":"success",`...)
	switch p := r.Page; {
	case p != nil:
		b = appendNumber(b, `"total":`, r.Matched)
		b = appendNumber(b, `"perPage":`, p.Size)
		b = appendNumber(b, `"totalPages":`, p.Pages)
		b = appendNumber(b, `"pageCount":`, p.Number)
	case r.Paged:
		b = append(b, `"pagination":{`...)
		if r.Next != "" {
			b = append(append(append(b, `"nextCursor":`...), text(r.Next)...), ',')
		}
		if r.Prev != "" {
			b = append(append(append(b, `"previousCursor":`...), text(r.Prev)...), ',')
		}
		b = append(closed(b), ',')
	}
	if r.Rowless {
		b = append(b, `"data":`...)
		b = append(closed(appendNumbers(append(b, '{'), r)), ',')
		return closed(b), nil
	}
	b = append(b, `"data":`...)
	if b, err = r.AppendJSON(b); err != nil {
		return b, err
	}
	return closed(b), nil
}

// text gives a string as JSON.
func text(s string) []byte {
	b, _ := guard.Node{Kind: guard.String, Text: s}.MarshalJSON()
	return b
}

// member gives a name as it stands in an object.
func member(name string) []byte { return append(text(name), ':') }
