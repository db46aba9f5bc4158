package postgres

import (
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// inUTC asks for sessions in UTC, where a time means the same with and without a zone, unless the connection string or the
// environment names another zone. It is a parameter of the start of a connection, which poolers know.
func inUTC(cfg *pgxpool.Config) {
	params := cfg.ConnConfig.RuntimeParams
	for name, v := range params {
		if strings.EqualFold(name, "timezone") || strings.EqualFold(name, "options") && strings.Contains(strings.ToLower(v), "timezone") {
			return
		}
	}
	params["timezone"] = "UTC"
}

// zoned reports whether the session is in another zone than UTC, as the server tells whenever it changes.
func zoned(conn *pgx.Conn) bool {
	switch conn.PgConn().ParameterStatus("TimeZone") {
	case "UTC", "Etc/UTC", "GMT", "Etc/GMT", "UCT", "Etc/UCT", "Universal", "Etc/Universal", "Zulu", "Etc/Zulu":
		return false
	}
	return true
}

// guessed gives the types of arguments for a session that is not in UTC. A column may have become one with a zone, or without,
// since the statement was described, and the server would then shift what it is given. So the types of times are left to
// the server, which finds them by what the columns are now, and times are sent as text with their offset: a column with
// a zone heeds it, one without holds UTC. told is false where no argument is a time.
func guessed(oids []uint32) (free []uint32, told bool) {
	for i, oid := range oids {
		switch oid {
		case pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.TimestamptzArrayOID, pgtype.TimestampArrayOID:
			if !told {
				free, told = append([]uint32(nil), oids...), true
			}
			free[i] = 0
		}
	}
	return free, told
}
