package cursor

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/model"
)

func keys(t testing.TB, secrets ...string) *Keys {
	t.Helper()
	var all [][]byte
	for _, s := range secrets {
		all = append(all, []byte(s))
	}
	k, err := NewKeys(all...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The years 1 to 9999, which are those that a value may hold.
var firstMicro, lastMicro = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() - 1

const secret = "0123456789abcdef"

func anyValue(t *rapid.T) model.Value {
	switch rapid.IntRange(0, 8).Draw(t, "kind") {
	case 0:
		return model.BoolOf(rapid.Bool().Draw(t, "bool"))
	case 1:
		return model.IntOf(rapid.Int64().Draw(t, "int"))
	case 2:
		return model.UintOf(rapid.Uint64().Draw(t, "uint"))
	case 3:
		return model.FloatOf(rapid.Float64().Draw(t, "float"))
	case 4:
		return model.StringOf(rapid.String().Draw(t, "text"))
	case 5:
		return model.BytesOf(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
	case 6:
		return model.TimeOf(time.UnixMicro(rapid.Int64Range(firstMicro, lastMicro).Draw(t, "time")))
	case 7:
		u := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid"))
		return model.UUIDOf(&u)
	}
	return model.Null()
}

func TestPlacesSurvive(t *testing.T) {
	k := keys(t, secret)
	rapid.Check(t, func(t *rapid.T) {
		p := Place{Back: rapid.Bool().Draw(t, "back"), Within: rapid.Bool().Draw(t, "within")}
		for range rapid.IntRange(0, 4).Draw(t, "keys") {
			p.Values = append(p.Values, anyValue(t))
		}
		p.From = rapid.SliceOf(rapid.Byte()).Draw(t, "from")
		question := rapid.SliceOf(rapid.Byte()).Draw(t, "question")
		text, err := k.Seal(question, p)
		if errors.Is(err, ErrTooLong) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Open(question, text)
		if err != nil || got.Back != p.Back || got.Within != p.Within || len(got.Values) != len(p.Values) {
			t.Fatalf("%+v, %v", got, err)
		}
		for i := range p.Values {
			if a, b := p.Values[i], got.Values[i]; a.Kind() != b.Kind() || !bytes.Equal(model.AppendKey(nil, a), model.AppendKey(nil, b)) {
				t.Fatalf("value %d: %v became %v", i, a.Any(), b.Any())
			}
		}
		if _, err := k.Open(append(question, 1), text); err == nil {
			t.Fatal("it opens for another question")
		}
	})
}

func TestKeysRotate(t *testing.T) {
	old, both, new := keys(t, secret), keys(t, "another secret of 32 bytes......", secret), keys(t, "another secret of 32 bytes......")
	text, err := old.Seal(nil, Place{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := both.Open(nil, text); err != nil {
		t.Error("the older key does not open")
	}
	if _, err := new.Open(nil, text); err == nil {
		t.Error("a key opens what it has not sealed")
	}
	if _, err := keys(t).Open(nil, text); err == nil {
		t.Error("a made-up key opens it")
	}
	if _, err := NewKeys([]byte("short")); err == nil {
		t.Error("a short key was taken")
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	k := keys(t, secret)
	if _, err := k.Seal(nil, Place{Values: []model.Value{model.StringOf(strings.Repeat("x", MaxText))}}); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
	for _, v := range []model.Value{model.AnyOf(struct{}{}), model.ListOf(model.List{model.IntOf(1)})} {
		if _, err := k.Seal(nil, Place{Values: []model.Value{v}}); !errors.Is(err, ErrKind) {
			t.Error(err)
		}
	}
}

// Nothing that was not sealed opens, and nothing panics.
func FuzzOpen(f *testing.F) {
	k := keys(f, secret)
	text, _ := k.Seal([]byte("q"), Place{Values: []model.Value{model.IntOf(7), model.StringOf("a"), model.Null()}})
	f.Add(text)
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := k.Open([]byte("q"), s); err == nil && s != text {
			t.Errorf("%q opens", s)
		}
	})
}

func FuzzDecode(f *testing.F) {
	b, _ := encode(Place{Back: true, Values: []model.Value{model.FloatOf(1), model.BytesOf([]byte{1}), model.BoolOf(true)}})
	f.Add(b)
	f.Add([]byte{1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 127})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decode(b)
		if err != nil {
			return
		}
		if _, err := encode(p); err != nil && !errors.Is(err, ErrTooLong) {
			t.Error(err)
		}
	})
}
