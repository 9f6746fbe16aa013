export default function Write() {
  return <h1>Write</h1>;
}
