// Package reading reads rows with what they include: it splits a query by source and hands children to their
// parents.
package reading
