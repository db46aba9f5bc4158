package resilience

import (
	"testing"

	"github.com/multi-orm/orm/internal/testkit/faultproxy"
	"github.com/multi-orm/orm/source/postgres"
)

// Check asks without statements that have names: behind a pooler the next transaction may be on another server.
func TestCheckNeedsNoNamedStatements(t *testing.T) {
	for mode, m := range modes {
		t.Run(mode, func(t *testing.T) {
			w := newWorld(t, Note{})
			db := w.faulty(postgres.ExecMode(m), postgres.AllowSimpleProtocol(), postgres.MaxConns(2))
			w.proxy.On(faultproxy.Rule{Request: []byte("stmtcache"), Before: true, Do: faultproxy.Reset})
			found, err := db.Check(w.ctx)
			if err != nil || len(found) > 0 {
				t.Error(found, err)
			}
		})
	}
}
