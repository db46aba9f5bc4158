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

// JSONPath quotes every key.
func (SQLServer) JSONPath(path []any) string { return jsonPath(path) }

// JSONContains is written part by part.
func (SQLServer) JSONContains(string) (string, bool) { return "", false }

// JSONTarget is a path.
func (SQLServer) JSONTarget(path []any) (text string, list []string, isList bool) {
	return jsonPath(path), nil, false
}

// Scalar is a call, which may stand in front of IS NULL, IN and BETWEEN whatever reads the text.
func (SQLServer) Scalar(sub string) string { return "ISNULL(" + sub + ", NULL)" }
