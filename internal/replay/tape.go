package replay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
)

// Tape is a set of recorded exchanges. Recording fills it; afterwards it never changes, so any number of
// connections may play it at once.
//
// A response of more than foldOver rows is folded: its first foldInto rows are kept and played as often as
// it takes to have as many rows again. All who ask for these rows get the same ones.
type Tape struct {
	startup   []byte
	exchanges []*exchange
	index     [3]map[string]*exchange // by the state of the transaction, then by the request
	blocks    map[string][]byte       // equal parts of responses share their memory, and their place in the file
}

const (
	foldOver = 20_000
	foldInto = 2_000
	ownBlock = 16 // rows from which the rows of a response are a part of their own
)

// exchange is a request and its response.
type exchange struct {
	state   byte // of the transaction, when the request came
	request string
	parts   []part
	after   byte // the state after the response; 0 when it does not say
}

// part is a piece of a response, played times over.
type part struct {
	data  []byte
	times int
}

func stateIndex(state byte) int {
	switch state {
	case 'T':
		return 1
	case 'E':
		return 2
	}
	return 0
}

func (t *Tape) find(state byte, request []byte) *exchange {
	return t.index[stateIndex(state)][string(request)]
}

// Len gives the number of exchanges.
func (t *Tape) Len() int { return len(t.exchanges) }

func (t *Tape) add(x *exchange) {
	i := stateIndex(x.state)
	if t.index[i] == nil {
		t.index[i] = map[string]*exchange{}
	}
	if t.index[i][x.request] == nil {
		t.index[i][x.request] = x
		t.exchanges = append(t.exchanges, x)
	}
}

// share gives b, or an equal block that is kept already.
func (t *Tape) share(b []byte) []byte {
	if have, ok := t.blocks[string(b)]; ok {
		return have
	}
	if t.blocks == nil {
		t.blocks = map[string][]byte{}
	}
	b = bytes.Clone(b)
	t.blocks[string(b)] = b
	return b
}

// record keeps a response. It is a run of whole messages.
func (t *Tape) record(state byte, request, response []byte) error {
	x := &exchange{state: state, request: string(request), after: state}
	var first, last, rows, fold int // where the rows begin, where they end, and where the block of a fold ends
	for at := 0; at < len(response); {
		m, err := message(response[at:])
		if err != nil || m == nil {
			return errMalformed
		}
		if m[0] == 'D' {
			if rows == 0 {
				first = at
			} else if last != at {
				return errors.New("replay: the rows of a response come in two runs")
			}
			rows++
			last = at + len(m)
			if rows == foldInto {
				fold = last
			}
		}
		if m[0] == 'Z' && len(m) == 6 {
			x.after = m[5]
		}
		at += len(m)
	}
	put := func(b []byte, times int) {
		if len(b) > 0 && times > 0 {
			x.parts = append(x.parts, part{t.share(b), times})
		}
	}
	switch {
	case rows > foldOver:
		put(response[:first], 1)
		put(response[first:fold], rows/foldInto)
		rest := first
		for range rows % foldInto {
			m, _ := message(response[rest:]) // read before, so it is whole
			rest += len(m)
		}
		put(response[first:rest], 1)
		put(response[last:], 1)
	case rows > ownBlock:
		put(response[:first], 1)
		put(response[first:last], 1)
		put(response[last:], 1)
	default:
		put(response, 1)
	}
	t.add(x)
	return nil
}

// recordStartup keeps the answer to a start-up: without passwords asked for, notices and the backend's key.
func (t *Tape) recordStartup(response []byte) error {
	if t.startup != nil {
		return nil
	}
	var out []byte
	for at := 0; at < len(response); {
		m, err := message(response[at:])
		if err != nil || m == nil {
			return errMalformed
		}
		at += len(m)
		switch m[0] {
		case 'R':
			if len(m) != 9 || binary.BigEndian.Uint32(m[5:]) != 0 {
				continue
			}
		case 'K':
			m = bytes.Clone(m)
			clear(m[5:])
		case 'S', 'Z':
		default:
			continue
		}
		out = append(out, m...)
	}
	t.startup = out
	return nil
}

const (
	magic   = "multi-orm replay 1\n"
	maxTape = 256 << 20 // bytes unpacked; more is no recording of ours
)

// Save writes the tape to a file, gzip'd. The same tape gives the same file.
func (t *Tape) Save(path string) error {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := t.write(z); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

func (t *Tape) write(w io.Writer) error {
	out := []byte(magic)
	text := func(b []byte) { out = append(binary.AppendUvarint(out, uint64(len(b))), b...) }
	number := func(n int) { out = binary.AppendUvarint(out, uint64(n)) }
	text(t.startup)
	keys := make([]string, 0, len(t.blocks))
	for k := range t.blocks {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	place := make(map[string]int, len(keys))
	number(len(keys))
	for i, k := range keys {
		place[k] = i
		text([]byte(k))
	}
	number(len(t.exchanges))
	for _, x := range t.exchanges {
		out = append(out, x.state, x.after)
		text([]byte(x.request))
		number(len(x.parts))
		for _, p := range x.parts {
			number(place[string(p.data)])
			number(p.times)
		}
	}
	_, err := w.Write(out)
	return err
}

// Read reads what Save wrote.
func Read(r io.Reader) (*Tape, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("replay: this is not a recording: %w", err)
	}
	t, err := unpack(io.LimitReader(z, maxTape))
	if err != nil {
		return nil, fmt.Errorf("replay: this is not a recording: %w", err)
	}
	return t, nil
}

func unpack(r io.Reader) (*Tape, error) {
	d := &reader{r: bufio.NewReaderSize(r, 64<<10), left: maxTape}
	if string(d.bytes(len(magic))) != magic {
		return nil, errors.Join(errors.New("it does not begin as one"), d.err)
	}
	t := &Tape{startup: d.text()}
	blocks := make([][]byte, 0, 64)
	for range d.number() {
		if d.err != nil {
			break
		}
		blocks = append(blocks, d.text())
	}
	for range d.number() {
		if d.err != nil {
			break
		}
		x := &exchange{state: d.byte(), after: d.byte(), request: string(d.text())}
		for range d.number() {
			at, times := d.number(), d.number()
			if d.err == nil && at >= len(blocks) {
				d.err = errors.New("a response has a part that is not there")
			}
			if d.err != nil {
				break
			}
			x.parts = append(x.parts, part{blocks[at], times})
		}
		t.add(x)
	}
	if d.err != nil {
		return nil, d.err
	}
	return t, nil
}

// reader reads the pieces of a file; after the first failure it gives zeros.
type reader struct {
	r    *bufio.Reader
	left int
	err  error
}

func (d *reader) number() int {
	if d.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(d.r)
	if err == nil && n > maxTape {
		err = errors.New("a number is too large")
	}
	if err != nil {
		d.err = err
		return 0
	}
	return int(n)
}

func (d *reader) byte() byte {
	b := d.bytes(1)
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func (d *reader) text() []byte { return d.bytes(d.number()) }

func (d *reader) bytes(n int) []byte {
	if d.err != nil {
		return nil
	}
	if d.left -= n; d.left < 0 {
		d.err = errors.New("it is too large")
		return nil
	}
	// in steps, so that a false length costs no memory
	out := make([]byte, 0, min(n, 1<<20))
	for len(out) < n {
		step := min(n-len(out), 1<<20)
		at := len(out)
		out = append(out, make([]byte, step)...)
		if _, d.err = io.ReadFull(d.r, out[at:]); d.err != nil {
			return nil
		}
	}
	return out
}
