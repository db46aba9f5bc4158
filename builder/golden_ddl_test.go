package builder_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/model"
)

// DDL is written by internal/ddl; its golden files live here with the others, where the T-SQL parser finds them.
func TestGoldenDDL(t *testing.T) {
	for name, models := range map[string][]*model.Model{
		"shop":        {of[Person](), of[Order](), of[Line](), of[Split](), of[Team](), of[Membership]()},
		"shop_linked": {of[Person](), of[Team]()},
		"mixed":       {of[Mixed]()},
		"odd":         {of[Odd]()},
		"shard":       {of[Garden](), of[Bed](), of[Herb]()},
		"r1":          {of[R1]()},
		"ranked":      {of[Ranked]()},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for _, d := range dialects {
				b.WriteString("== " + d.Name() + "\n" + strings.Join(ddl.Statements(d, models), "\n") + "\n")
			}
			compare(t, "ddl_"+name, b.String())
		})
	}
}
