/** A form with files, as a page sends it. */
export async function onRequestPost({ request, data }) {
  const form = await request.formData()
  const files = await Promise.all(
    form.getAll('file').map(async (file) => ({
      name: file.name,
      type: file.type,
      size: file.size,
      head: new TextDecoder().decode((await file.arrayBuffer()).slice(0, 5))
    }))
  )
  return Response.json({ by: data.user, title: form.get('title'), files })
}
