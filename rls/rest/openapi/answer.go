package openapi

import (
	"net/http"

	"github.com/multi-orm/orm/rls/rest/outline"
)

// answers is the schema of a success. row is that of a row.
func answers(r *outline.Resource, k kind, verb string, row object) object {
	rows := listOf(row)
	switch {
	case k == one, k == single:
		rows = row
	case k == loaded:
		rows = listOf(imported(r, row))
	case k == list && r.Single == outline.Always:
		rows = anyOf(row, typed("null"))
	case k == list && r.Single == outline.Asked:
		rows = anyOf(rows, row, typed("null"))
	}
	numbers := numbersOf(r, k, verb)
	countless := k == one || k == loaded || r.Forbid&outline.ForbidColumns != 0
	switch r.Envelope {
	case outline.Bare:
		if countless {
			return rows
		}
		return anyOf(rows, structure(numbers, nil))
	case outline.Nicot:
		if !countless {
			rows = anyOf(rows, structure(numbers, nil))
		}
		return nicot(r, k, rows)
	case outline.Custom:
		return object{{"description", "What the program makes of the rows."}}
	}
	name := r.Name
	if k == loaded {
		name = "results"
	}
	return structure(numbers.with(name, rows), nil)
}

// numbersOf gives what an answer tells beside the rows.
func numbersOf(r *outline.Resource, k kind, verb string) (out object) {
	number := typed("integer").with("minimum", 0)
	add := func(name, says string) { out = out.with(name, described(number, says)) }
	if r.CountTotal && k != one && k != loaded {
		add("total", "The rows that the caller may see, where countTotal asks for it.")
		if k == list {
			add("matched", "The rows that pass the conditions, where countTotal asks for it.")
		}
	}
	if verb != http.MethodGet {
		add("rowsAffected", "The rows that were written.")
	}
	if k == list && r.Pages {
		add("pageCount", "The page's number.")
		add("recordsPerPage", "The most rows of a page.")
		add("totalPages", "The number of pages.")
	}
	if k != one && k != single {
		add("count", "The rows of the answer; where it has none, those that pass or were written.")
	}
	if k != list {
		return out
	}
	if len(r.Extras) > 0 {
		extras := object{}
		for _, name := range r.Extras {
			extras = extras.with(name, object{{"type", []string{"number", "string", "boolean", "null"}}})
		}
		out = out.with("extras", described(structure(extras, nil), "Computed of all rows that pass."))
	}
	out = out.with("next", described(typed("string"), "The cursor of the page after this one, where there is one."))
	return out.with("prev", described(typed("string"), "The cursor of the page before this one, where there is one."))
}

// nicot is the envelope of NICOT's form.
func nicot(r *outline.Resource, k kind, rows object) object {
	number := typed("integer").with("minimum", 0)
	properties := object{{"statusCode", typed("integer")}, {"success", constant(true)}, {"message", typed("string")}, {"timestamp", typed("string").with("format", "date-time")}}
	if k == list {
		for _, name := range []string{"total", "perPage", "totalPages", "pageCount"} {
			properties = properties.with(name, described(number, "Of pages that are counted."))
		}
		properties = properties.with("pagination", described(structure(object{{"nextCursor", typed("string")}, {"previousCursor", typed("string")}}, nil), "Of pages by cursor."))
	}
	return structure(properties.with("data", rows), []string{"statusCode", "success", "message", "data"})
}

// imported is what became of one row of an import.
func imported(r *outline.Resource, row object) object {
	return structure(object{{"index", described(typed("integer").with("minimum", 0), "Of the row in the request.")}, {"ok", typed("boolean")}, {"error", typed("string")},
		{"code", typed("string")}, {"path", typed("string")}, {r.Name, row}}, []string{"index", "ok"})
}

// problems are the components of errors.
func problems() (schema, responses object) {
	schema = structure(object{
		{"type", typed("string").with("format", "uri-reference")}, {"title", typed("string")}, {"status", typed("integer")}, {"detail", typed("string")},
		{"error", described(typed("string"), "The path and the detail.")}, {"code", described(typed("string"), "One word for programs, such as SHAPE_INVALID.")},
		{"path", described(typed("string"), "The part of the request that is wrong, as in where.title.contains.")}, {"requestId", typed("string")},
		{"fields", described(listOf(structure(object{{"path", typed("string")}, {"rule", typed("string")}}, []string{"path", "rule"})), "Each value that breaks a rule.")},
	}, []string{"type", "title", "status", "detail", "error", "code"})
	for _, x := range failing() {
		response := object{{"description", x.says}}
		if x.header != "" {
			response = response.with("headers", members(x.header, object{{"description", x.headerSays}, {"schema", typed("string")}}))
		}
		responses = append(responses, member{x.name, response.with("content", members("application/problem+json", members("schema", ref(nameProblem))))})
	}
	return schema, responses
}

type failure struct {
	status, name, says string
	header, headerSays string
}

func failing() []failure {
	return []failure{
		{status: "400", name: "BadRequest", says: "The request asks for what the resource does not allow, or cannot be read."},
		{status: "401", name: "Unauthorized", says: "It needs somebody who is signed in, or the session is not valid.", header: "WWW-Authenticate", headerSays: "How to sign in."},
		{status: "403", name: "Forbidden", says: "The caller may not do it."},
		{status: "404", name: "NotFound", says: "There is no such row, or none that the caller may see."},
		{status: "405", name: "MethodNotAllowed", says: "The resource does not know the method.", header: "Allow", headerSays: "The methods that it knows."},
		{status: "408", name: "RequestTimeout", says: "The body did not come in time."},
		{status: "409", name: "Conflict", says: "A unique set, a reference or a version stands against the write."},
		{status: "412", name: "PreconditionFailed", says: "The row has changed since its entity tag was given."},
		{status: "413", name: "ContentTooLarge", says: "The request, or what it would give back, is too large."},
		{status: "414", name: "URITooLong", says: "The query is too long: ask for less at once."},
		{status: "415", name: "UnsupportedMediaType", says: "The body is of a type that is not read."},
		{status: "422", name: "Unprocessable", says: "Values break the rules of their columns."},
		{status: "429", name: "TooManyRequests", says: "There are too many requests.", header: "Retry-After", headerSays: "The seconds to wait."},
		{status: "500", name: "InternalError", says: "It could not be done, and the request may be right."},
		{status: "503", name: "Unavailable", says: "It took too long, or a source could not be reached.", header: "Retry-After", headerSays: "The seconds to wait."},
	}
}

// failures adds the errors that a request of a kind may meet to its responses.
func failures(out object, k kind, verb string) object {
	reads := verb == http.MethodGet
	for _, x := range failing() {
		body := verb == http.MethodPost || verb == http.MethodPatch
		row := k == one || k == single
		switch x.status {
		case "405": // not where the method is
			continue
		case "404":
			if !row {
				continue
			}
		case "408", "415":
			if !body {
				continue
			}
		case "409":
			if reads {
				continue
			}
		case "412":
			if k != single {
				continue
			}
		case "422":
			if reads {
				continue
			}
		}
		out = out.with(x.status, object{{"$ref", "#/components/responses/" + x.name}})
	}
	return out.with("default", object{{"description", "Another error, such as 405 with the header Allow."}, {"content", members("application/problem+json", members("schema", ref(nameProblem)))}})
}
