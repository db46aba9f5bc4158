package dialect

// DatePart reads a part: weekdays are counted from the server's own first day, which is taken out again.
func (SQLServer) DatePart(expr string, _ Type, p DatePart) string {
	if p == Weekday {
		return "CAST((DATEPART(weekday, " + expr + ") + @@DATEFIRST - 1) % 7 AS int)"
	}
	word := [...]string{Year: "year", Month: "month", Day: "day", Hour: "hour", Minute: "minute"}[p]
	return "DATEPART(" + word + ", " + expr + ")"
}

// ArrayLength counts the elements of the JSON that arrays are kept as; NULL stays NULL.
func (SQLServer) ArrayLength(expr string) string {
	return "CASE WHEN " + expr + " IS NOT NULL THEN (SELECT COUNT(*) FROM OPENJSON(" + expr + ")) END"
}

// Array is not to be had: a condition is no value there, so NULL could not stay unknown.
func (SQLServer) Array(string, Type, ArrayTest) (string, bool) { return "", false }

// ArrayAppend is not to be had: JSON_MODIFY appends one element, not a list of them.
func (SQLServer) ArrayAppend(string, Type) (string, bool) { return "", false }

// JSONPath quotes every key.
func (SQLServer) JSONPath(path []any) string { return jsonPath(path) }

// JSON is not to be had: JSON_VALUE does not tell the text "1" from the number.
func (SQLServer) JSON(string, JSONPart) (string, int, bool) { return "", 0, false }

// JSONContains is not to be had.
func (SQLServer) JSONContains(string) (string, bool) { return "", false }

// JSONTarget is a path.
func (SQLServer) JSONTarget(path []any) (text string, list []string, isList bool) {
	return jsonPath(path), nil, false
}

// JSONEdit is not to be had: JSON_MODIFY puts a document in as text.
func (SQLServer) JSONEdit(string, JSONEdit) (string, bool) { return "", false }

// Scalar is a call, which may stand in front of IS NULL, IN and BETWEEN whatever reads the text.
func (SQLServer) Scalar(sub string) string { return "ISNULL(" + sub + ", NULL)" }
