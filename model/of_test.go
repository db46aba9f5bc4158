package model

import (
	"reflect"
	"sync"
	"testing"
	"time"
	"unsafe"
)

type raceA struct {
	ID  int64
	Bs  []raceB `orm:"relation=id:a"`
	CID int64
	C   *raceC `orm:"relation=cid:id"`
}

type raceB struct{ ID, A int64 }

func (raceB) TableName() string { return "b" }

type raceC struct {
	ID int64
	As []raceA `orm:"relation=id:CID"`
}

func TestOfRace(t *testing.T) {
	calls := []func() (*Model, error){For[raceA], For[*raceB], For[raceC], For[generic[int]], For[generic[string]], For[generic[bool]]}
	models := make([]*Model, 120)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range models {
		wg.Go(func() {
			<-start
			m, err := calls[i%len(calls)]()
			if err != nil {
				t.Error(err)
				return
			}
			models[i] = m
			for _, r := range m.Relations {
				if again, err := Of(r.Target.Type); err != nil || again != r.Target {
					t.Errorf("%s.%s points at a model that is not the published one", m.Name, r.Name)
				}
			}
		})
	}
	close(start)
	wg.Wait()
	for i, m := range models {
		if m != models[i%len(calls)] {
			t.Fatalf("two models of one type: %d", i)
		}
	}
}

type generic[T any] struct {
	ID int64
	V  T
}

func TestIDsAreDense(t *testing.T) {
	if _, err := For[everything](); err != nil {
		t.Fatal(err)
	}
	known := *registry.Load()
	seen := make([]bool, len(known))
	for typ, m := range known {
		if m.ID == 0 || int(m.ID) > len(known) || seen[m.ID-1] {
			t.Fatalf("%s has id %d of %d", typ, m.ID, len(known))
		}
		seen[m.ID-1] = true
	}
}

type hot struct {
	ID   int64
	Name string
	At   time.Time
	Rate float64
	On   bool
	Key  [16]byte
	Note *string
	Data []byte
}

func TestAllocations(t *testing.T) {
	m, err := For[hot]()
	if err != nil {
		t.Fatal(err)
	}
	row := hot{ID: 1 << 40, Name: "x", Data: []byte("x")}
	p := unsafe.Pointer(&row)
	none := func(what string, f func()) {
		t.Helper()
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", what, n)
		}
	}
	typ := reflect.TypeFor[*hot]()
	none("For", func() { _, _ = For[hot]() })
	none("Of", func() { _, _ = Of(typ) })
	none("Field", func() { _, _ = m.Field("name") })
	for _, f := range m.Fields {
		none("Load "+f.Name, func() { _, _ = f.Load(p) })
		none("IsZero "+f.Name, func() { _ = f.IsZero(p) })
		v, err := f.Load(p)
		if err != nil {
			t.Fatal(err)
		}
		if f.Kind != Bytes {
			none("Store "+f.Name, func() { _ = f.Store(p, v) })
		}
	}
	for name, src := range map[string]any{"ID": any(int64(1 << 41)), "Name": "y", "At": time.Now(), "Rate": 1.5, "On": true, "Key": [16]byte{1}, "Note": nil} {
		f, err := m.Field(name)
		if err != nil {
			t.Fatal(err)
		}
		none("Assign "+name, func() { _ = f.Assign(p, src) })
	}
	id, at := m.Fields[0], m.Fields[2]
	none("LoadBase", func() {
		i, when := int64(5), time.Time{} // do not escape
		_, _ = id.LoadBase(unsafe.Pointer(&i)), at.LoadBase(unsafe.Pointer(&when))
	})
	none("ValueOf", func() { _, _ = m.Fields[1].ValueOf("x") })
	var key [64]byte
	none("AppendKey", func() { _ = AppendKey(key[:0], IntOf(5)) })
}

func BenchmarkOf(b *testing.B) {
	for b.Loop() {
		if _, err := For[hot](); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	m, err := For[hot]()
	if err != nil {
		b.Fatal(err)
	}
	row := hot{Name: "x"}
	for b.Loop() {
		for _, f := range m.Fields {
			_, _ = f.Load(unsafe.Pointer(&row))
		}
	}
}

func BenchmarkAssign(b *testing.B) {
	m, err := For[hot]()
	if err != nil {
		b.Fatal(err)
	}
	var row hot
	src := []any{int64(1), "x", time.Now(), 1.5, true, make([]byte, 16), "note", []byte("data")}
	for b.Loop() {
		for i, f := range m.Fields {
			_ = f.Assign(unsafe.Pointer(&row), src[i])
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := parse(reflect.TypeFor[Account](), nil); err != nil {
			b.Fatal(err)
		}
	}
}
