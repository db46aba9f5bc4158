package sqlserver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/source"
)

// leaveTime bounds the wait for a connection to forget whom it worked for. One that does not is closed.
const leaveTime = 5 * time.Second

// mostUnits is what a session context holds: a longer text goes as nvarchar(max), which is none of its types.
const mostUnits = 4000

// enter writes the variables that row policies read into the session context of a connection. It is done for every unit of work, and
// undone at its end, whatever the pool's own reset does: a connection never carries a tenant on.
func enter(ctx context.Context, c *sqldb.Conn) error {
	settings := source.SettingsFrom(ctx)
	if len(settings) == 0 {
		return nil
	}
	c.Leave = leaving(ctx, c, settings) // first: what fails half-way is undone too
	return setContext(ctx, c, settings)
}

func setContext(ctx context.Context, c *sqldb.Conn, settings []source.Setting) error {
	var text strings.Builder
	args := make([]driver.Value, 0, 2*len(settings))
	for i, s := range settings {
		if len(utf16.Encode([]rune(s.Value))) > mostUnits {
			return refuse("a variable of row policies is longer than 4,000 characters")
		}
		if strings.HasSuffix(s.Value, " ") {
			return refuse("a variable of row policies ends in a blank: SQL Server takes it for the text without")
		}
		if i > 0 {
			text.WriteString("; ")
		}
		text.WriteString("EXEC sys.sp_set_session_context @key = @p" + strconv.Itoa(2*i+1) + ", @value = @p" + strconv.Itoa(2*i+2))
		// an empty text would go as nvarchar(max), which a sql_variant does not hold; policies read NULL as it
		var v driver.Value = sql.NullString{}
		if s.Value != "" {
			v = s.Value
		}
		args = append(args, s.Name, v)
	}
	return c.Run(ctx, text.String(), args...)
}

func leaving(ctx context.Context, c *sqldb.Conn, settings []source.Setting) func() error {
	none := make([]source.Setting, len(settings))
	for i := range settings {
		none[i].Name = settings[i].Name
	}
	return func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
		defer cancel()
		return setContext(ctx, c, none)
	}
}

// mark is a savepoint, with the variables as they were there.
type mark struct {
	name     string
	settings []source.Setting
}

// Set sets variables for the rest of the transaction.
func (t *transaction) Set(ctx context.Context, settings []source.Setting) error {
	if len(settings) == 0 {
		return nil
	}
	for _, s := range settings {
		if !slices.ContainsFunc(t.told, func(x source.Setting) bool { return x.Name == s.Name }) {
			t.told = append(t.told, s)
		}
	}
	t.settings = nil // not known until the server has answered
	err := t.Do(ctx, func(c *sqldb.Conn) error {
		c.Leave = leaving(ctx, c, t.told)
		return setContext(ctx, c, settings)
	})
	if err == nil {
		t.settings = settings
	}
	return err
}

// Savepoint sets a mark to come back to.
func (t *transaction) Savepoint(ctx context.Context, name string) error {
	err := t.Tx.Savepoint(ctx, name)
	if err == nil {
		t.marks = append(t.marks, mark{name, t.settings})
	}
	return err
}

// RollbackTo undoes what came after the mark. The session context is none of the transaction, so that it is put back by hand.
func (t *transaction) RollbackTo(ctx context.Context, name string) error {
	if err := t.Tx.RollbackTo(ctx, name); err != nil {
		return err
	}
	for i := len(t.marks) - 1; i >= 0; i-- {
		if t.marks[i].name != name {
			continue
		}
		then := t.marks[i].settings
		t.marks = t.marks[:i+1]
		if slices.Equal(then, t.settings) {
			return nil
		}
		return t.Set(context.WithoutCancel(ctx), then)
	}
	return nil
}

var _ source.Settable = (*transaction)(nil)
