// Package conformance is the one suite that every source passes: the same cases, the same answers. Run runs it on
// one kind of database; what the cases note with same is compared between kinds by Compare.
package conformance
