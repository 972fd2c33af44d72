"""The finder of a layout: it reads a Munki repo, and proposes the `[munki]` table that fits it.

The modules in the order of reading: `shape` tells Macs' own manifests from those that they share;
`evidence` takes away what all Macs include, and ranks the folders, prefixes and patterns that
`candidates` makes of the paths; `lists` is for kinds that none of these tell; `proposal` decides;
`adoption` sends existing Macs through the proposed layout, and `report` says it all, with what
`questions` leaves to the admin.

The rules of `proposal`, of which the first that finds something holds:

1. One form or two, of which each Mac includes one manifest. The best tells the most Macs and kinds;
   then the most in words (`site_`, `roles/`); then the most manifests that Macs include.
2. A list of manifests of which each Mac includes one, where no form tells nine of ten Macs.
3. Folders and prefixes whose words say that they are sites or builds, though no Mac includes them.
4. A list of manifests of which half of the Macs include one.
5. The last of the manifests that all Macs include.

A few Macs, a tenth, may be exceptions from a rule.
"""
