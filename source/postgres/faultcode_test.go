package postgres

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
)

func TestCodes(t *testing.T) {
	d := Source("main", "x")
	for code, want := range map[string]error{
		"23505": fault.ErrConflict, "23P01": fault.ErrConflict, "23503": fault.ErrReference, "23001": fault.ErrReference, "23502": fault.ErrInvalid, "23514": fault.ErrInvalid,
		"22P02": fault.ErrInvalid, "22999": fault.ErrInvalid, "40001": fault.ErrUpstream, "40P01": fault.ErrUpstream, "42501": fault.ErrDenied, "28P01": fault.ErrAuth,
		"28000": fault.ErrAuth, "57014": fault.ErrUpstream, "53300": fault.ErrUpstream, "08006": fault.ErrUpstream, "42P01": fault.ErrInvalid, "54000": fault.ErrLimit,
		"42P22": fault.ErrInvalid, "XX000": fault.ErrUpstream, "": fault.ErrUpstream, "0A000": fault.ErrUnsupported,
	} {
		pg := &pgconn.PgError{Code: code, Message: "geheim", Detail: "geheim"}
		err := d.fail(context.Background(), nil, pg)
		checkError(t, err, wantError{kind: want, code: code}, "geheim")
		if retry := code == "40001" || code == "40P01"; engine.Retryable(err) != retry {
			t.Errorf("%s: retryable is %v", code, !retry)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	checkError(t, d.fail(ctx, nil, &pgconn.PgError{Code: "57014"}), wantError{kind: context.Canceled})
	checkError(t, d.fail(ctx, nil, &net.OpError{Op: "read", Err: errors.New("geheim")}), wantError{kind: context.Canceled}, "geheim")
	checkError(t, d.fail(t.Context(), nil, &net.OpError{Op: "read", Err: errors.New("geheim")}), wantError{kind: fault.ErrUpstream}, "geheim")
}

func TestRowPolicyDenies(t *testing.T) {
	d := open(t, nil, one())
	mustExec(t, d, parentTables)
	mustExec(t, d, "ALTER TABLE parents ENABLE ROW LEVEL SECURITY; ALTER TABLE parents FORCE ROW LEVEL SECURITY; CREATE POLICY p ON parents USING (id < 10)")
	tx := begun(t, d, noOptions)
	mustExec(t, tx, "CREATE ROLE orm_policy_test; GRANT ALL ON parents TO orm_policy_test; SET LOCAL ROLE orm_policy_test")
	_, err := tx.Insert(t.Context(), insertOf(t, modelOf[parent](t), &parent{10, "a", 1}), nil)
	checkError(t, err, wantError{fault.ErrDenied, "", "", "42501"})
}
