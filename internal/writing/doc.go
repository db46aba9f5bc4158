// Package writing creates, changes and deletes rows, by themselves and with related ones.
package writing
