package model

import (
	"strings"
	"sync"
	"testing"
)

// The columns of an undecided relation are written once: the same again is taken, others are refused.
func TestDecide(t *testing.T) {
	type Child struct{ ID, OwnerID, GuardID int64 }
	type User struct {
		ID       int64
		Children []Child `orm:"relation"`
		Guarded  []Child `orm:"relation=GuardID+owner_id"`
	}
	m, err := For[User]()
	if err != nil {
		t.Fatal(err)
	}
	r := m.Relations[0]
	if r.KeyColumns() != nil || strings.Join(m.Relations[1].KeyColumns(), " ") != "GuardID owner_id" {
		t.Error(r.KeyColumns(), m.Relations[1].KeyColumns())
	}
	ends := func(local, remote string) Ends {
		e, err := r.Resolve([]string{local}, []string{remote}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	var calls sync.WaitGroup
	for range 8 { // databases are opened at once
		calls.Go(func() {
			if err := r.Decide(ends("id", "owner_id")); err != nil {
				t.Error(err)
			}
			if r.Undecided() != nil || r.Local[0].Column != "id" || r.Remote[0].Column != "owner_id" {
				t.Error(r.Undecided(), r.Local, r.Remote)
			}
		})
	}
	calls.Wait()
	want := `orm: User.Children: invalid: by the keys of this database the tag would say "relation=id:guard_id" and by those of one that was opened before it "relation=id:owner_id": write it in the tag`
	if err := r.Decide(ends("id", "guard_id")); err == nil || err.Error() != want {
		t.Error(err)
	}
	if r.Remote[0].Column != "owner_id" || r.Unsaid() == nil {
		t.Error(r.Remote, r.Unsaid())
	}
	if _, err := r.Resolve([]string{"id"}, []string{"nothing"}, nil); err == nil {
		t.Error("a column that is not there was taken")
	}
	if e, err := r.Resolve([]string{"id"}, []string{"id"}, &Through{Table: "links", Local: []string{"a"}, Remote: []string{"b"}}); err != nil || e.String() != "relation=id:id,through=links(a:b)" {
		t.Error(e, err)
	}
}

// A relation whose tag says its columns cannot be decided otherwise.
func TestDecideSaid(t *testing.T) {
	type Child struct{ ID, UserID, OwnerID int64 }
	type User struct {
		ID       int64
		Children []Child `orm:"relation"`
	}
	m, err := For[User]()
	if err != nil {
		t.Fatal(err)
	}
	r := m.Relations[0]
	e, err := r.Resolve([]string{"id"}, []string{"owner_id"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Decide(e); err == nil || r.Remote[0].Column != "user_id" {
		t.Error(err, r.Remote)
	}
}

// The shard key belongs to what keys tell as to what tags say.
func TestResolveShard(t *testing.T) {
	type Child struct {
		ID, OwnerID int64
		Tenant      int64 `orm:"tenant_id,tenant,shardkey"`
	}
	type User struct {
		ID       int64
		Tenant   int64   `orm:"tenant_id,tenant,shardkey"`
		Children []Child `orm:"relation"`
	}
	m, err := For[User]()
	if err != nil {
		t.Fatal(err)
	}
	through := Through{Table: "links", Local: []string{"a"}, Remote: []string{"b"}}
	for _, x := range []struct {
		through *Through
		want    string
	}{
		{nil, "relation=id+tenant_id:owner_id+tenant_id"},
		{&through, "relation=id+tenant_id:owner_id+tenant_id,through=links(a+tenant_id:b+tenant_id)"},
	} {
		if e, err := m.Relations[0].Resolve([]string{"id"}, []string{"owner_id"}, x.through); err != nil || e.String() != x.want {
			t.Error(e, err)
		}
	}
	if len(through.Local) != 1 || len(through.Remote) != 1 {
		t.Error("the caller's columns were changed", through)
	}
}
