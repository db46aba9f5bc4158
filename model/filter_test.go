package model

import (
	"strings"
	"testing"
	"time"
)

type filtered struct {
	ID     int64      `orm:"id,auto"`
	Name   string     `orm:"name,filter=prefix|eq"`
	Age    *int       `orm:"age,filter=zeronull"`
	Score  float64    `orm:"score,filter=gte&ne"`
	Active bool       `orm:"active,filter=bool"`
	Tags   string     `orm:"tags,filter=in"`
	Born   *time.Time `orm:"born,filter=lt"`
	Label  string     `orm:"label,computed,needs=Peer.Peer+Peers"`
	PeerID *int64     `orm:"peer_id"`

	Peer  *filtered  `orm:"relation=peer_id:id"`
	Peers []filtered `orm:"relation=id:peer_id"`
}

func TestFilterAndNeeds(t *testing.T) {
	m, err := For[filtered]()
	if err != nil {
		t.Fatal(err)
	}
	name, _ := m.Field("Name")
	if f := name.Filter; f == nil || !f.Any || len(f.Words) != 2 || f.Words[0] != FilterPrefix {
		t.Error(name.Filter)
	}
	score, _ := m.Field("Score")
	if f := score.Filter; f == nil || f.Any || len(f.Words) != 2 || f.Words[1] != FilterNe {
		t.Error(score.Filter)
	}
	label, _ := m.Field("Label")
	if len(label.Needs) != 2 || len(label.Needs[0]) != 2 || label.Needs[0][1].Name != "Peer" || label.Needs[1][0].Name != "Peers" {
		t.Error(label.Needs)
	}
	if m.Key[0].Filter != nil {
		t.Error("a field without the word has a filter")
	}
}

type needy struct {
	ID    int64  `orm:"id,auto"`
	Label string `orm:"label,computed,needs=Peers"`
	Other string `orm:"other,computed,needs=Peer.Pear"`

	PeerID *int64 `orm:"peer_id"`
	Peer   *needy `orm:"relation=peer_id:id"`
}

func TestNeedsOfNoRelation(t *testing.T) {
	_, err := For[needy]()
	for _, want := range []string{`word "needs=Peers": needy has no relation "Peers" (did you mean "Peer"?)`, `word "needs=Peer.Pear": needy has no relation "Pear"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}
