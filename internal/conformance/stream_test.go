package conformance

import (
	"testing"

	"github.com/multi-orm/orm/source/postgres"
)

// TestStreamsBySimpleProtocol runs the streams where everything travels as text.
func TestStreamsBySimpleProtocol(t *testing.T) {
	e := onPostgres(t, postgres.ExecMode(postgres.SimpleProtocol), postgres.AllowSimpleProtocol())
	for _, c := range streamCases {
		t.Run(c.name, func(t *testing.T) {
			v := &env{T: t, ctx: t.Context(), engine: e, answers: &Answers{}, about: c.name}
			v.source = e.Database(t)
			defer v.stop()
			c.run(v)
		})
	}
}
