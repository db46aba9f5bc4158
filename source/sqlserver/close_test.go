package sqlserver_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/tds"
	"github.com/multi-orm/orm/source/sqlserver"
)

// A statement that does not end within the time that Close has is cut, and fails as what it is.
func TestCloseCuts(t *testing.T) {
	running := make(chan bool, 2)
	s := &script{answer: func(c *tds.Call) tds.Reply {
		if strings.HasPrefix(c.Text, "SELECT") || strings.HasPrefix(c.Text, "UPDATE") {
			running <- true
			<-c.Context.Done()
		}
		return changed(1)
	}}
	server := tds.Start(t, s.reply)
	db, err := orm.Open(t.Context(), sqlserver.Source("erp", server.URL()), orm.Models(Item{}, Doc{}, Label{}, Load{}), orm.CloseWithin(30*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 2)
	go func() {
		_, err := orm.Repo[Item](db).Count(t.Context())
		ended <- err
	}()
	go func() {
		_, err := orm.Repo[Item](db).Where(Items.ID.Eq(1)).UpdateMany(t.Context(), Items.Name.Set("x"))
		if orm.OutcomeOf(err) != orm.Unknown {
			t.Errorf("a write that was cut: %v", orm.OutcomeOf(err))
		}
		ended <- err
	}()
	<-running
	<-running
	if err := db.Close(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close: %v", err)
	}
	for range 2 {
		select {
		case err := <-ended:
			if !errors.Is(err, orm.ErrClosed) && !errors.Is(err, orm.ErrCommitUnknown) {
				t.Errorf("what was cut: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("a statement outlives its DB")
		}
	}
}
