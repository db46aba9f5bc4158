// Package jsonstream reads JSON (RFC 8259) without building it. A Scanner checks one document while it arrives and finds
// the places of an Outline in it; Members, Elements and Text then take apart what was found, from bytes that are known to
// be valid. What nobody asked for is skipped and costs no memory but its bytes.
//
// Documents mean what they mean to encoding/json: of several members with one name the last counts, half a surrogate
// pair is U+FFFD, and values nest up to 10,000 deep.
package jsonstream
