package main

import (
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Cents is an amount of money, exact and quick: a whole number in every database, compared and summed as one.
type Cents int64

// String writes euros.
func (c Cents) String() string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	return fmt.Sprintf("%s%d.%02d", sign, c/100, c%100)
}

// times multiplies by a decimal number and rounds to the cent, halves away from zero.
func (c Cents) times(decimal string) (Cents, error) {
	by, ok := new(big.Rat).SetString(decimal)
	if !ok {
		return 0, errors.New("it is no decimal number")
	}
	x, ok := new(big.Rat).SetString(by.Mul(by, new(big.Rat).SetInt64(int64(c))).FloatString(0))
	if !ok || !x.Num().IsInt64() {
		return 0, errors.New("the amount is out of range")
	}
	return Cents(x.Num().Int64()), nil
}

// Date is a day without a clock or a zone.
type Date struct{ t time.Time }

// day gives a date.
func day(year int, month time.Month, d int) Date {
	return Date{time.Date(year, month, d, 0, 0, 0, 0, time.UTC)}
}

// of gives the day of a moment, as clocks at UTC have it.
func of(t time.Time) Date { t = t.UTC(); return day(t.Year(), t.Month(), t.Day()) }

// plus is so many days later.
func (d Date) plus(days int) Date { return Date{d.t.AddDate(0, 0, days)} }

// String writes 2026-01-31.
func (d Date) String() string { return d.t.Format(time.DateOnly) }

// MarshalText writes the date for JSON.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the date from JSON.
func (d *Date) UnmarshalText(text []byte) (err error) {
	d.t, err = time.Parse(time.DateOnly, string(text))
	return err
}
