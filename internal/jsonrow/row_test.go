package jsonrow

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
)

// sample has a column for every way in which values are decoded.
type sample struct {
	ID    int64           `orm:"id,id,table=samples"`
	Small int8            `orm:"small"`
	Size  uint16          `orm:"size"`
	Price float64         `orm:"price"`
	Rate  float32         `orm:"rate"`
	Paid  bool            `orm:"paid"`
	Name  string          `orm:"name"`
	Note  *string         `orm:"note"`
	At    time.Time       `orm:"at"`
	Raw   json.RawMessage `orm:"raw,json"`
	Doc   any             `orm:"doc,json"`
	Tags  []string        `orm:"tags"`
	Nums  []int64         `orm:"nums"`
	Data  []byte          `orm:"data"`
}

// The rows of a document are decoded to the values that encoding/json gives, or refused: null for what is not
// nullable, and JSON types that are not the column's.
func FuzzRow(f *testing.F) {
	for _, s := range []string{
		`{"id":1,"small":-128,"size":65535,"price":1.5e3,"rate":0.1,"paid":true,"name":"a\u00e9\ud83d\ude00","note":null,"at":"2024-01-01T00:00:00.123456+02:00","raw":{"b":[1, 2],"a":"<"},"doc":[{}],"tags":["x","\n"],"nums":[1,-2],"data":"AAE="}`,
		`{"id":9007199254740993,"id":2,"small":128,"size":-1,"price":1e999,"rate":1e39,"paid":"true","name":5,"note":"\ud800","raw":null,"doc":null,"tags":[null],"nums":[1.5],"data":"?"}`,
		`{"\u0069d":1.0,"small":1e1,"price":-0,"rate":16777217,"name":"","raw":"x","doc":{"a":{"b":[]},"a":1},"tags":{},"nums":[[1]],"x":{"id":5}}`, `{}`, `[]`, `{"name":"` + "\xff" + `"}`,
	} {
		f.Add([]byte(s))
	}
	m, err := model.For[sample]()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var o jsonstream.Outline
		slot := o.Add(false)
		scan := jsonstream.ScanBytes(text)
		at, err := scan.Find(&o, 0)
		doc, wrong := Parse(text)
		if (err == nil) != (wrong == nil) {
			t.Fatalf("%q: %v, encoding/json says %v", text, err, wrong)
		}
		object, ok := doc.(map[string]any)
		if err != nil {
			return
		}
		item, _ := at.At(text, slot)
		r := NewPlan(m).Reader(1000)
		for _, field := range m.Fields {
			var got, want sample
			err := r.Decode([]*model.Field{field}, item, unsafe.Pointer(&got))
			v, there := object[field.Column]
			if !ok || v == nil && !field.Nullable {
				if err == nil {
					t.Fatalf("%s of %q was taken", field.Name, text)
				}
				continue
			}
			refused := false
			if there && v != nil {
				one, _ := Encode(v)
				into := reflect.ValueOf(&want).Elem().FieldByName(field.Name)
				refused = json.Unmarshal(one, into.Addr().Interface()) != nil
				want.At = want.At.UTC().Truncate(time.Microsecond)
			}
			if err == nil && refused && field.Name != "At" { // whose text encoding/json reads more strictly
				t.Fatalf("%s of %q was taken, encoding/json refuses it", field.Name, text)
			}
			switch field.Kind {
			case model.Time, model.Array, model.Float, model.Bytes, model.JSON: // where less is taken: NULL in arrays, digits that are lost
				if err != nil {
					continue
				}
			}
			if (err == nil) == refused && field.Name != "At" {
				t.Fatalf("%s of %q: %v", field.Name, text, err)
			}
			if err == nil && !refused && !reflect.DeepEqual(got, want) {
				t.Fatalf("%s of %q: %+v, encoding/json says %+v", field.Name, text, got, want)
			}
		}
	})
}
