// An independent reading of the record's formats, on the code of Go's own checksum database (golang.org/x/mod/sumdb)
// and on crypto/mldsa. It answers a JSON list of questions on its input with a JSON list of true and false.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/mldsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	Op    string   `json:"op"`
	Text  string   `json:"text"`
	Known []string `json:"known"`
	Need  []string `json:"need"`
	Index int64    `json:"index"`
	Old   int64    `json:"old"`
	Size  int64    `json:"size"`
	Leaf  string   `json:"leaf"`
	First string   `json:"old_root"`
	Root  string   `json:"root"`
	Proof []string `json:"proof"`
}

var errRefused = errors.New("refused")

// strict is base64 with one spelling: Go's own decoder skips line ends and, unless told, free bits.
func strict(text string) ([]byte, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err == nil && base64.StdEncoding.EncodeToString(raw) != text {
		err = errRefused
	}
	return raw, err
}

func hash(raw []byte, err error) (tlog.Hash, error) {
	var made tlog.Hash
	if err != nil || copy(made[:], raw) != len(raw) || len(raw) != len(made) {
		return made, errRefused
	}
	return made, nil
}

func hashes(texts []string, decode func(string) ([]byte, error)) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, text := range texts {
		one, err := hash(decode(text))
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// cosigner checks types 0x04 and 0x06, which the checksum database does not have.
type cosigner struct {
	name string
	id   uint32
	kind byte
	raw  []byte
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) < 8 || sig[0]&0x80 != 0 {
		return false
	}
	at := strconv.FormatUint(binary.BigEndian.Uint64(sig[:8]), 10)
	if c.kind == 4 {
		return ed25519.Verify(c.raw, append([]byte("cosignature/v1\ntime "+at+"\n"), msg...), sig[8:])
	}
	head, err := parseHead(string(msg))
	if err != nil {
		return false
	}
	signed := append([]byte("subtree/v1\n\x00"), byte(len(c.name)))
	signed = append(append(signed, c.name...), sig[:8]...)
	signed = append(append(signed, byte(len(head.origin))), head.origin...)
	signed = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(signed, 0), uint64(head.size))
	public, err := mldsa.NewPublicKey(mldsa.MLDSA44(), c.raw)
	return err == nil && mldsa.Verify(public, append(signed, head.root[:]...), sig[8:], nil) == nil
}

func verifier(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	raw, err := strict(parts[len(parts)-1])
	if err != nil || len(parts) != 3 || len(raw) < 2 {
		return nil, errRefused
	}
	if raw[0] == 1 {
		return note.NewVerifier(vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	if hex.EncodeToString(sum[:4]) != parts[1] {
		return nil, errRefused
	}
	return &cosigner{parts[0], binary.BigEndian.Uint32(sum[:4]), raw[0], raw[1:]}, nil
}

type head struct {
	origin string
	size   int64
	root   tlog.Hash
}

func parseHead(text string) (head, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return head{}, errRefused
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] || size < 0 {
		return head{}, errRefused
	}
	root, err := hash(strict(lines[2]))
	return head{lines[0], size, root}, err
}

// openHead opens a note by the checksum database's own code, then holds each signature line to its one spelling.
func openHead(text string, known, need []string) (head, error) {
	var all []note.Verifier
	for _, vkey := range known {
		one, err := verifier(vkey)
		if err != nil {
			return head{}, err
		}
		all = append(all, one)
	}
	opened, err := note.Open([]byte(text), note.VerifierList(all...))
	if err != nil {
		return head{}, err
	}
	for _, line := range strings.Split(strings.TrimSuffix(text[len(opened.Text)+1:], "\n"), "\n") {
		if _, err := strict(line[strings.LastIndex(line, " ")+1:]); err != nil {
			return head{}, err
		}
	}
	for _, vkey := range need {
		one, _ := verifier(vkey)
		found := false
		for _, sig := range opened.Sigs {
			found = found || one.Name() == sig.Name && one.KeyHash() == sig.Hash
		}
		if !found {
			return head{}, errRefused
		}
	}
	return parseHead(opened.Text)
}

var opening = regexp.MustCompile(`(?s)^\{"blind":"([^"]{44})","body":(\{.*\})(?:,"disclosures":\["[A-Za-z0-9_",-]+"\])?\}$`)

// checkProof reads a whole proof file: entry, way to the root, and who signed it.
func checkProof(q question) error {
	top, checkpoint, _ := strings.Cut(q.Text, "\n\n")
	lines := strings.Split(top, "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[2], "index ") {
		return errRefused
	}
	under, err := openHead(checkpoint, q.Known, q.Need)
	if err != nil || under.origin != strings.SplitN(q.Need[0], "+", 2)[0] {
		return errRefused
	}
	extra, err := strict(strings.TrimPrefix(lines[1], "extra "))
	parts := opening.FindSubmatch(extra)
	index, errIndex := strconv.ParseInt(lines[2][6:], 10, 64)
	way, errWay := hashes(lines[3:], strict)
	if err != nil || errIndex != nil || errWay != nil || parts == nil || lines[2] != "index "+strconv.FormatInt(index, 10) {
		return errRefused
	}
	blind, err := strict(string(parts[1]))
	inner := sha256.Sum256(parts[2])
	entry := sha256.Sum256(bytes.Join([][]byte{[]byte("record/v1\x00"), blind, inner[:]}, nil))
	var body struct{ Workspace string }
	if err != nil || json.Unmarshal(parts[2], &body) != nil || !strings.HasSuffix(under.origin, "/"+body.Workspace) {
		return errRefused
	}
	return tlog.CheckRecord(way, under.size, under.root, index, tlog.RecordHash(append([]byte{1}, entry[:]...)))
}

func answer(q question) error {
	root, errRoot := hash(hex.DecodeString(q.Root))
	way, errWay := hashes(q.Proof, hex.DecodeString)
	switch q.Op {
	case "head":
		_, err := openHead(q.Text, q.Known, q.Need)
		return err
	case "proof":
		return checkProof(q)
	case "inclusion":
		leaf, err := hash(hex.DecodeString(q.Leaf))
		if err = errors.Join(err, errRoot, errWay); err != nil {
			return err
		}
		return tlog.CheckRecord(way, q.Size, root, q.Index, leaf)
	case "consistency":
		first, err := hash(hex.DecodeString(q.First))
		if err = errors.Join(err, errRoot, errWay); err != nil {
			return err
		}
		return tlog.CheckTree(way, q.Size, root, q.Old, first)
	}
	return errRefused
}

func main() {
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		panic(err)
	}
	answers := make([]bool, len(questions))
	for at, one := range questions {
		answers[at] = answer(one) == nil
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}
