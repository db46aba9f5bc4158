package jsonstream

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// build makes of a valid value what encoding/json makes of it.
func build(b []byte) any {
	switch b[0] {
	case '{':
		out := map[string]any{}
		m := MembersOf(b)
		for name, v, ok := m.Next(); ok; name, v, ok = m.Next() {
			out[string(AppendText(nil, name))] = build(v)
		}
		return out
	case '[':
		out := []any{}
		e := ElementsOf(b)
		for v, ok := e.Next(); ok; v, ok = e.Next() {
			out = append(out, build(v))
		}
		return out
	case '"':
		return string(AppendText(nil, b[1:len(b)-1]))
	case 't':
		return true
	case 'f':
		return false
	case 'n':
		return nil
	}
	return json.Number(b)
}

// standard decodes with encoding/json.
func standard(b []byte) (v any, err error) {
	if !utf8.Valid(b) {
		return nil, errors.New("not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more")
	}
	return v, nil
}

func documents() []string {
	return []string{
		``, ` `, `null`, ` true `, `false`, `0`, `-0.0e+10`, `01`, `1.`, `.5`, `1e`, `-`, `+1`, `9007199254740993`, `""`, `"a`, `"\u00e9\n\"\\\/"`, `"\ud83d\ude00"`, `"\ud83dx"`,
		`"\ude00\ud83d"`, `"\ud83d\u0041"`, `"\x"`, `"\u12g4"`, "\"\x01\"", "\"\xff\"", `{}`, `[]`, `[ ]`, `{ }`, `[1,]`, `[,1]`, `{"a":1,}`, `{"a"}`, `{"a" : [1 , {"b":null}] , "a":2}`,
		`{"\u0061":1,"a":{"x":[[],{}]}}`, `[1 2]`, `{a:1}`, `nul`, `truex`, `[[[]]`, `[]]`, `{} {}`, "\ufeff{}", `[1,"x",{"y":[true,false]}]`, "\x00", `{"":{"":1}}`, "[\"\u2028\"]",
	}
}

// A document is taken or refused as encoding/json does, and says the same, however its bytes arrive.
func FuzzScanner(f *testing.F) {
	for _, s := range documents() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		want, wrong := standard(b)
		for _, s := range []*Scanner{ScanBytes(b), NewScanner(iotest.OneByteReader(bytes.NewReader(b)), -1, int64(len(b))), NewScanner(bytes.NewReader(b), int64(len(b)), int64(len(b)))} {
			var o Outline
			slot := o.Add(true)
			found, err := s.Find(&o, 0)
			if (err == nil) != (wrong == nil) {
				t.Fatalf("%q: %v, encoding/json says %v", b, err, wrong)
			}
			if err != nil {
				continue
			}
			doc, ok := found.At(s.Bytes(), slot)
			if got := build(doc); !ok || !reflect.DeepEqual(got, want) {
				t.Fatalf("%q: %v, encoding/json says %v", b, got, want)
			}
			if l, is := want.([]any); is && found.Count != len(l) || !is && found.Count != 0 {
				t.Fatalf("%q: counted %d", b, found.Count)
			}
			if v, ok := Get(doc); !ok || !bytes.Equal(v, doc) {
				t.Fatalf("%q", v)
			}
		}
	})
}

func TestDepth(t *testing.T) {
	for _, n := range []int{maxDepth, maxDepth + 1} {
		doc := []byte(strings.Repeat(`[{"a":`, n/2) + strings.Repeat("[", n%2) + "1" + strings.Repeat("]", n%2) + strings.Repeat("}]", n/2))
		_, want := standard(doc)
		if _, err := ScanBytes(doc).Find(new(Outline), 0); (err == nil) != (want == nil) || (err == nil) != (n == maxDepth) {
			t.Errorf("%d deep: %v, encoding/json says %v", n, err, want)
		}
	}
}

// Places are found wherever they stand; of members with one name the last counts, with all below it.
func TestOutline(t *testing.T) {
	var o Outline
	rows := o.Add(true, Step{Name: "d"}, Step{Name: "rows"})
	next := o.Add(false, Step{Name: "d"}, Step{Name: "next"})
	second := o.Add(false, Step{Name: "l"}, Step{Element: true, Index: 1}, Step{Name: "x"})
	for doc, want := range map[string][3]string{
		`{"d":{"next":"n","rows":[1,2]},"l":[0,{"x":3}]}`:        {"[1,2]", `"n"`, "3"},
		`{"l":[{"x":1}],"z":{"rows":[9]},"d":{"rows":null}}`:     {"null", "", ""},
		`{"d":{"rows":[1,2,3],"next":1},"d":{"next":2}}`:         {"", "2", ""},
		`{"d":{"rows":[1],"ro\u0077s":[4,5]},"l":{"1":{"x":1}}}`: {"[4,5]", "", ""},
		`{"d":{"rows":[1]},"d":[]}`:                              {"", "", ""},
		`[{"rows":[1]}]`:                                         {"", "", ""},
	} {
		s := ScanBytes([]byte(doc))
		found, err := s.Find(&o, 0)
		if err != nil {
			t.Fatal(doc, err)
		}
		for i, slot := range []int{rows, next, second} {
			if v, ok := found.At(s.Bytes(), slot); string(v) != want[i] || ok != (want[i] != "") {
				t.Errorf("%s: slot %d has %q, want %q", doc, i, v, want[i])
			}
		}
		if list, _ := found.At(s.Bytes(), rows); len(list) > 1 && list[0] == '[' != (found.Count > 0) {
			t.Errorf("%s: counted %d", doc, found.Count)
		}
	}
}

// endless gives one element after the other.
type endless struct{ n int }

func (e *endless) Read(b []byte) (int, error) {
	if e.n == 0 {
		e.n++
		return copy(b, "["), nil
	}
	for i := range b {
		b[i] = "{},"[(e.n-1)%3]
		e.n++
	}
	return len(b), nil
}

// Too many elements end the reading at once, too many bytes as soon as they are there.
func TestBounds(t *testing.T) {
	var o Outline
	o.Add(true)
	e := &endless{}
	s := NewScanner(e, -1, 1<<40)
	if _, err := s.Find(&o, 1000); !errors.Is(err, ErrTooMany) || e.n > 16<<10 {
		t.Errorf("%v after %d bytes", err, e.n)
	}
	e = &endless{}
	s = NewScanner(e, -1, 1<<20)
	if _, err := s.Find(&o, 0); err == nil || !errors.Is(s.ReadError(), ErrTooLarge) || cap(s.Bytes()) > 1<<20+1 {
		t.Errorf("%v, %v with %d bytes", err, s.ReadError(), cap(s.Bytes()))
	}
	s = NewScanner(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("[1,2]"))), -1, 100)
	if _, err := s.Find(&o, 0); err == nil || !errors.Is(s.ReadError(), iotest.ErrTimeout) {
		t.Errorf("%v, %v", err, s.ReadError())
	}
}
