// Package guard turns requests of people who are not trusted into queries and writes, or into errors that say where.
//
// A [Shape] says what a request may ask of one model: what it may read, filter and sort by, how much, what it may write, and
// what holds whatever it asks. [Compile] reads it once. A request is JSON from a browser, or the tree ([Request]) that another
// grammar makes of its own text; [Compiled] has a method for each verb, which checks the request against the shape and runs it:
//
//	var published = guard.MustCompile(guard.Shape[Project]{
//		Select:  guard.Only(Projects.ID, Projects.Title, Projects.CreatedAt),
//		Where:   guard.Where[Project]{guard.Allow(Projects.Title, guard.Eq, guard.Contains), guard.Force(Projects.Archived.Eq(false))},
//		OrderBy: guard.Only(Projects.CreatedAt),
//	})
//
//	func search(w http.ResponseWriter, r *http.Request) {
//		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, guard.MaxBody))
//		…
//		result, err := published.FindMany(r.Context(), projects, body)
//		if refused := (*guard.Error)(nil); errors.As(err, &refused) {
//			http.Error(w, refused.Error(), refused.Status)
//			return
//		}
//		json.NewEncoder(w).Encode(result)
//	}
//
// A shape only narrows: the hooks and scopes of the DB act below it, as always. What is not named is refused, never
// dropped: unknown and repeated names, names in another letter case, values of another type, a part of a compound key. One
// exception: a column that the shape only forces or fixes may be given, and is not heeded.
//
// Names in requests and answers are those of the json tags, else the columns'; of relations the json name, else the
// field's in snake_case. Prisma's words for the parts of a request and for nested writes are understood, so clients need not
// learn others.
//
// The idea of shapes, the words of the request and the eleven nested writes follow Prisma and the guards built upon it.
package guard
