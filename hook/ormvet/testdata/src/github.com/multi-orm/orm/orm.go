// Package orm holds what ormvet looks for.
package orm

type constant string

type Pred[T any] struct{}

type DB struct{}

func SQL[T any](text constant, args ...any) Pred[T] { return Pred[T]{} }

func Raw[T any](db DB, text constant, args ...any) ([]T, error) { return nil, nil }

func (DB) Exec(text constant, args ...any) (int64, error) { return 0, nil }

func Unsafe(text string) constant { return constant(text) }
