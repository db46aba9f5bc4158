package dialect

// JSONParent takes the last element off a path: the first text leads to what holds it, in a document that is the one element of an
// array, so that the whole document is a part like any other. The second is that element behind the bracket of what may hold it, so
// that a key is never looked for in an array, nor a position in an object. Its point keeps spaces at the end of a key from being cut off.
func (SQLServer) JSONParent(path []any) (parent, last string) {
	whole := append([]any{0}, path...)
	parent, e := jsonPath(whole[:len(whole)-1]), whole[len(whole)-1]
	if key, ok := e.(string); ok {
		return parent, "{" + key + "."
	}
	step := jsonPath([]any{e}) // $[n]
	return parent, step[1:len(step)-1] + "."
}

// JSON asks OPENJSON for the type of the part, which JSON_VALUE does not tell. Numbers are exact to 20 digits before the point and 18 behind
// it; one that does not fit is an error.
func (d SQLServer) JSON(expr string, p JSONPart) (text string, paths int, ok bool) {
	const exact = "decimal(38, 18)"
	value := "N'x'"
	switch p {
	case JSONText:
		value = "CASE WHEN [orm_j].[type] = 1 THEN [orm_j].[value] COLLATE " + sqlServerBinary + " END"
	case JSONNumber:
		value = "CASE WHEN [orm_j].[type] <> 2 THEN NULL WHEN [orm_j].[value] LIKE N'%[eE]%' THEN CAST(CAST([orm_j].[value] AS float) AS " + exact +
			") ELSE CAST([orm_j].[value] AS " + exact + ") END"
	case JSONBool:
		value = "CASE WHEN [orm_j].[type] = 3 THEN CAST([orm_j].[value] AS bit) END"
	case JSONAny:
		value = "CASE WHEN [orm_j].[type] <> 0 THEN N'x' END"
	}
	return d.Scalar("(SELECT TOP (1) " + value + " FROM (SELECT JSON_QUERY(N'[' + " + expr + " + N']', " + Arg + ") AS [q]) AS [orm_d] CROSS APPLY OPENJSON([orm_d].[q]) AS [orm_j]" +
		" WHERE SUBSTRING([orm_d].[q], PATINDEX(N'%[[{]%', [orm_d].[q]), 1) COLLATE " + sqlServerBinary + " + [orm_j].[key] + N'.' = " + Arg + ")"), 1, true
}

// Array compares elements as values of their type. NULL stays unknown: a comparison has it, which EXISTS has not.
func (d SQLServer) Array(expr string, t Type, test ArrayTest) (string, bool) {
	if t.Elem == nil {
		return "", false
	}
	typ, collate := d.listType(*t.Elem)
	with := ") WITH ([v] " + typ + " '$') AS "
	same := "[orm_e].[v] = [orm_w].[v]" + collate
	text := "EXISTS (SELECT 1 FROM OPENJSON(" + Arg + with + "[orm_w] WHERE EXISTS (SELECT 1 FROM OPENJSON(" + expr + with + "[orm_e] WHERE " + same + "))"
	if test == ArrayAll {
		text = "NOT EXISTS (SELECT 1 FROM OPENJSON(" + Arg + with + "[orm_w] WHERE NOT EXISTS (SELECT 1 FROM OPENJSON(" + expr + with + "[orm_e] WHERE " + same + "))"
	}
	return "CASE WHEN " + expr + " IS NULL THEN NULL WHEN " + text + " THEN 1 ELSE 0 END = 1", true
}

// ArrayAppend joins the texts of the two lists: JSON_MODIFY appends one element, and writes numbers in its own way.
func (SQLServer) ArrayAppend(expr string, _ Type) (string, bool) {
	kept := "LEFT(" + expr + ", LEN(" + expr + " + N'.') - 1 - CHARINDEX(N']', REVERSE(" + expr + ")))"
	return "CASE WHEN EXISTS (SELECT 1 FROM OPENJSON(" + expr + ")) THEN " + kept + " + N',' ELSE N'[' END + STUFF(" + Arg + ", 1, 1, N'')", true
}
