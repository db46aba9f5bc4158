package bench

import (
	"fmt"
	"time"
)

// Tenant is whose every row is.
const Tenant = int64(7)

const (
	userRows  = 1_000
	orderRows = 10 // per user
	scanRows  = 100_000
	oneKey    = int64(417)
)

// Nothing in a row depends on chance or the clock.

// after is a time so long after that of the first row.
func after(d time.Duration) time.Time { return time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC).Add(d) }

func nameAt(i int) *string {
	if i%7 == 0 {
		return nil
	}
	s := fmt.Sprintf("First Last %d", i)
	return &s
}

func roleAt(i int) string { return []string{"admin", "editor", "viewer", "billing", "guest"}[i%5] }

// ScanAt is row i, from 1; the other tables of people have the same rows, some of them deleted.
func ScanAt(i int) Scan {
	return Scan{
		ID: int64(i), Email: fmt.Sprintf("user%06d@example.com", i), Name: nameAt(i), Role: roleAt(i), TenantID: Tenant,
		Active: i%4 != 0, Balance: float64(i) * 1.25, CreatedAt: after(time.Duration(i*7919%100_003) * time.Second),
	}
}

// UserAt is row i, from 1, of the users.
func UserAt(i int) User {
	s := ScanAt(i)
	u := User{ID: s.ID, Email: s.Email, Name: s.Name, Role: s.Role, TenantID: s.TenantID, Active: s.Active, Balance: s.Balance, CreatedAt: s.CreatedAt}
	if i%20 == 10 {
		at := after(time.Duration(i) * time.Hour)
		u.DeletedAt = &at
	}
	return u
}

// NewcomerAt is row i, from 1, of what the writes write.
func NewcomerAt(i int) Newcomer {
	n := Newcomer(ScanAt(i))
	n.ID = 0
	return n
}

// OrderAt is row i, from 1, of the orders.
func OrderAt(i int) Order {
	o := Order{
		ID: int64(i), UserID: int64((i-1)%userRows + 1), Number: fmt.Sprintf("ORD-%08d", i), Status: []string{"open", "paid", "completed"}[i%3],
		TenantID: Tenant, CreatedAt: after(time.Duration(i) * time.Minute),
	}
	if i%5 != 0 {
		t := float64(i) * 0.75
		o.Total = &t
	}
	return o
}

// rowsOf makes n rows.
func rowsOf[T any](n int, at func(i int) T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = at(i + 1)
	}
	return out
}
