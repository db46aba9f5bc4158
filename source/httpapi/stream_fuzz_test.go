package httpapi

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/internal/jsonstream"
)

// standardDoc is what encoding/json makes of a document.
func standardDoc(t *testing.T, text []byte) any {
	t.Helper()
	doc, err := jsonrow.Parse(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return doc
}

// Every JSONPath finds in the stream what it finds in the whole document.
func FuzzLookup(f *testing.F) {
	for _, path := range []string{"$", "$.a", "$.a.b", "$['a'][1].b", "$[*]", "$.a[*]", "$.a[*].b", "$.a[*].b[0]", "$[0][*]", "$..b", "$.a[-1]", "$[1:]", "$[*][*]", "$[?(@.a==1)]"} {
		for _, doc := range []string{`{"a":{"b":1},"a":[1,{"b":[2]},{"b":3,"b":[4,5]}]}`, `[[{"a":1}],[2]]`, `{"a":null}`, `{"\u0061":{"x":[],"b":"\ud800"}}`, `"a"`, `[]`, ` {"a" : [ ] } `, `{"a":{"b":1},"a":2}`} {
			f.Add(path, []byte(doc))
		}
	}
	m := noteModel(f)
	f.Fuzz(func(t *testing.T, path string, text []byte) {
		x, err := parseJSONPath(path)
		if err != nil || len(x) == 0 {
			return
		}
		e := &endpoint{role: "FindMany", model: m, items: x}
		e.compile()
		if !e.at.items.streamed {
			return
		}
		scan := jsonstream.NewScanner(bytes.NewReader(text), int64(len(text)), int64(len(text)))
		at, err := scan.Find(&e.at.outline, 0)
		if err != nil {
			return
		}
		has := &found{ep: e, rep: &httpcall.Reply{Body: true, Raw: scan.Bytes(), Outline: &e.at.outline, At: at}, most: 1 << 20, at: at}
		list, err := has.values(&e.at.items)
		if err != nil {
			t.Fatal(err)
		}
		want := x.Get(standardDoc(t, text))
		if list.len() != len(want) {
			t.Fatalf("%s in %q: %d values, want %v", path, text, list.len(), want)
		}
		if has.built { // the members of an object come in any order
			return
		}
		i := 0
		for v := range list.all() {
			if got := standardDoc(t, v); !reflect.DeepEqual(got, want[i]) {
				t.Fatalf("%s in %q: %v, want %v", path, text, got, want[i])
			}
			i++
		}
	})
}
