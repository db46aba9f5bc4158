// Package writing creates, changes, saves and deletes rows of one model, many or one. What passes through is an Insert, Update or
// Delete, with the rows it comes from and those it gives back; rows that it refers to are looked up, and what policies want is verified.
package writing
