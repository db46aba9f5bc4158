package introspect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

type (
	partitionedPlan struct {
		ID   int64     `orm:"id,table=events"`
		Code string    `orm:"code,unique"`
		At   time.Time `orm:"at,id,index"`
		Slot int64     `orm:"slot,unique=by_slot"`
	}
	slotPlan struct {
		ID   int64     `orm:"id,table=events"`
		At   time.Time `orm:"at,id,unique=by_slot"`
		Slot int64     `orm:"slot,unique=by_slot,index"`
	}
	partPlan struct {
		ID    int64     `orm:"id,table=events_old"`
		At    time.Time `orm:"at,id"`
		Extra *string   `orm:"extra"`
	}
)

const partitioned = `CREATE TABLE events (id bigint NOT NULL, at timestamptz NOT NULL, slot bigint NOT NULL, code text NOT NULL DEFAULT '', PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2025-01-01'); CREATE TABLE events_new PARTITION OF events DEFAULT;
	INSERT INTO events VALUES (1, '2024-01-01', 1), (2, '2026-01-01', 2)`

// PostgreSQL makes no index of a partitioned table concurrently, and no unique one that cannot tell its parts apart.
func TestPlanOfPartitionedTable(t *testing.T) {
	e := engines()[1]
	address := e.make(t)
	e.load(t, address, partitioned)
	db := open(t, e.open(address), orm.Models(slotPlan{}))
	plan, err := introspect.Plan(t.Context(), db, introspect.Concurrently())
	if err != nil || len(plan.Changes) != 2 || !strings.Contains(plan.String(), "makes no index of a partitioned table concurrently") {
		t.Fatal(plan, err)
	}
	for _, c := range plan.Changes {
		if c.Alone {
			t.Error(c)
		}
	}
	e.run(t, address, plan.Changes, false)
	if again, err := introspect.Plan(t.Context(), db, introspect.Concurrently()); err != nil || !again.Empty() {
		t.Error(again, err)
	}
	e.run(t, address, plan.Changes, true)
	db = open(t, e.open(address), orm.Models(partitionedPlan{}))
	plan, err = introspect.Plan(t.Context(), db)
	if err != nil || len(plan.Changes) != 1 || !strings.Contains(plan.String(), "having the same (code), and no index can: the table is partitioned by RANGE (at)") {
		t.Fatal(plan, err)
	}
	e.run(t, address, plan.Changes, false)
}

// A model of a part changes the whole, which is told, and drops nothing that others map.
func TestPlanOfPart(t *testing.T) {
	e := engines()[1]
	address := e.make(t)
	e.load(t, address, partitioned)
	db := open(t, e.open(address), orm.Models(partPlan{}))
	plan, err := introspect.Plan(t.Context(), db, introspect.UnmappedColumns(), introspect.UnmappedIndexes(), introspect.UnmappedTables())
	if err != nil || len(plan.Changes) != 1 || plan.Changes[0].Table != "events" || !strings.Contains(plan.Changes[0].Why, "the model is of a part") || !strings.Contains(plan.String(), "events.slot: no field maps it, and it is not dropped") {
		t.Fatal(plan, err)
	}
	e.run(t, address, plan.Changes, false)
	if again, err := introspect.Plan(t.Context(), db); err != nil || !again.Empty() {
		t.Error(again, err)
	}
}
