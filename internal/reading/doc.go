// Package reading reads rows with what they include: lists, pages, streams, counts and groups. What passes through is a
// Select; it is split by source, and the rows of each are handed to their parents.
package reading
