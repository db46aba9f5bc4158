// Package related writes a row together with rows that are related to it: created, linked, changed and removed by the assignments of its
// write, in the order that keys need, in one transaction.
package related
