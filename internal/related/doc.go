// Package related writes a row together with rows that are related to it.
package related
